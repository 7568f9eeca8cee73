import type { AnswerReader, AnswerWriter } from '../answer/answer-delta.js'
import { readErrorObject } from '../answer/read-error.js'
import type { ReadOptions } from '../answer/read-options.js'
import type { WireError } from '../answer/wire-error.js'
import type { WriteOptions } from '../answer/write-options.js'
import { ChatAnswerReader } from '../chat/chat-answer-reader.js'
import { ChatAnswerWriter } from '../chat/chat-answer-writer.js'
import { writeChatError } from '../chat/chat-error.js'
import type { ChatAnswer, ChatChunk, ChatError, ChatRequest } from '../chat/chat-wire.js'
import { readChatRequest } from '../chat/read-chat-request.js'
import { writeChatRequest } from '../chat/write-chat-request.js'
import type { Conversation } from '../conversation/conversation.js'
import type { Findings } from '../conversation/findings.js'
import type { Target } from '../conversation/target.js'
import type { JsonObject } from '../json/json-value.js'
import { MessagesAnswerReader } from '../messages/messages-answer-reader.js'
import { MessagesAnswerWriter } from '../messages/messages-answer-writer.js'
import { readMessagesError, writeMessagesError } from '../messages/messages-error.js'
import type {
  MessagesAnswer,
  MessagesError,
  MessagesEvent,
  MessagesRequest,
} from '../messages/messages-wire.js'
import { readMessagesRequest } from '../messages/read-messages-request.js'
import { writeMessagesRequest } from '../messages/write-messages-request.js'
import { readResponsesRequest } from '../responses/read-responses-request.js'
import { ResponsesAnswerReader } from '../responses/responses-answer-reader.js'
import { ResponsesAnswerWriter } from '../responses/responses-answer-writer.js'
import {
  type ResponsesErrorBody,
  readResponsesError,
  writeResponsesError,
} from '../responses/responses-error.js'
import type { ResponsesAnswer, ResponsesEvent, ResponsesRequest } from '../responses/responses-wire.js'
import { writeResponsesRequest } from '../responses/write-responses-request.js'

/** The types of requests, answers, events and errors of each dialect. */
export interface Wires {
  chat: { request: ChatRequest; answer: ChatAnswer; event: ChatChunk | ChatError; error: ChatError }
  responses: {
    request: ResponsesRequest
    answer: ResponsesAnswer
    event: ResponsesEvent
    error: ResponsesErrorBody
  }
  messages: { request: MessagesRequest; answer: MessagesAnswer; event: MessagesEvent; error: MessagesError }
}

export type DialectName = keyof Wires

/** The readers and writers of one dialect. */
export interface Dialect<Name extends DialectName> {
  readRequest(body: JsonObject, findings: Findings): Conversation
  writeRequest(conversation: Conversation, target: Target, findings: Findings): Wires[Name]['request']
  createReader(options: ReadOptions): AnswerReader
  createWriter(options: WriteOptions): AnswerWriter<Wires[Name]['event'], unknown>
  /** Null if the body has no error. */
  readError(body: unknown, httpStatus: number): WireError | null
  writeError(error: WireError): Wires[Name]['error']
}

/** All dialects. A new one is a folder beside these, and an entry here and in `Wires`. */
export const dialects: { readonly [Name in DialectName]: Dialect<Name> } = {
  chat: {
    readRequest: readChatRequest,
    writeRequest: writeChatRequest,
    createReader: options => new ChatAnswerReader(options),
    createWriter: options => new ChatAnswerWriter(options),
    readError: readErrorObject,
    writeError: writeChatError,
  },
  responses: {
    readRequest: readResponsesRequest,
    writeRequest: writeResponsesRequest,
    createReader: options => new ResponsesAnswerReader(options),
    createWriter: options => new ResponsesAnswerWriter(options),
    readError: readResponsesError,
    writeError: writeResponsesError,
  },
  messages: {
    readRequest: readMessagesRequest,
    writeRequest: writeMessagesRequest,
    createReader: options => new MessagesAnswerReader(options),
    createWriter: options => new MessagesAnswerWriter(options),
    readError: readMessagesError,
    writeError: writeMessagesError,
  },
}
