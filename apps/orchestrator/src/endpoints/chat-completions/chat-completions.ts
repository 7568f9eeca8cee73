import { readUsage } from '@quotakeeper/vendors'
import { fieldOf } from '../../json-value.js'
import type { Endpoint } from '../endpoint.js'
import type { EndpointRequest } from '../endpoint-request.js'
import { writeOpenAiError } from '../openai-error.js'
import { type JsonFormat, readJsonAnswer } from '../read-json-answer.js'
import { type JsonRequest, readJsonRequest } from '../read-json-request.js'
import { chatAnswerCharacters } from './answer-characters.js'
import { isChatAnswer } from './chat-answer.js'
import { chatStream } from './chat-stream.js'
import { chatPromptCharacters } from './prompt-characters.js'
import { requestedOutput } from './requested-output.js'
import { wantsUsage } from './stream-options.js'
import { writeChatRequest } from './write-chat-request.js'

/** Chat Completions, whole and streamed. */
export const chatCompletions: Endpoint = {
  path: '/v1/chat/completions',
  contentType: 'application/json',
  clientToken: () => null,
  readRequest: request => readJsonRequest(request, readChatRequest),
  writeError: writeOpenAiError,
}

const format: JsonFormat = {
  isAnswer: isChatAnswer,
  answerCharacters: chatAnswerCharacters,
  usageOf: readUsage,
  stream: chatStream,
}

function readChatRequest(read: JsonRequest): EndpointRequest {
  const { body, model } = read
  const output = requestedOutput(body)
  const stream =
    fieldOf(body, 'stream') === true ? { dialect: chatStream, wantsUsage: wantsUsage(body) } : null
  return {
    model,
    promptCharacters: chatPromptCharacters(body),
    output,
    stream,
    isServedBy: ({ endpoints }) => endpoints.has('chat/completions'),
    writeFor: target => writeChatRequest({ ...read, output, isStream: stream !== null }, target),
    readAnswer: answer => readJsonAnswer(format, answer, stream),
    usageOf: readUsage,
  }
}
