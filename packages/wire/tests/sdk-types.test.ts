import type {
  Message,
  MessageCreateParamsBase,
  RawMessageStreamEvent,
} from '@anthropic-ai/sdk/resources/messages'
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionCreateParams,
} from 'openai/resources/chat/completions'
import type {
  Response,
  ResponseCreateParams,
  ResponseStreamEvent,
} from 'openai/resources/responses/responses'
import { expectTypeOf, it } from 'vitest'
import type {
  ChatAnswer,
  ChatChunk,
  ChatRequest,
  MessagesAnswer,
  MessagesError,
  MessagesEvent,
  MessagesRequest,
  ResponsesAnswer,
  ResponsesEvent,
  ResponsesRequest,
} from '../src/index.js'

// Repeated settings of the request have loose types; the SDK adds `output_text` itself.
type Repeated = 'output_text' | 'tools' | 'text' | 'reasoning' | 'service_tier' | 'usage' | 'error'
type OfResponse = { type: `response.${'created' | 'in_progress' | 'completed' | 'incomplete' | 'failed'}` }
type OurEvent = Exclude<MessagesEvent, { type: 'ping' } | MessagesError>

it('answers, events and requests have the types of the official SDKs', () => {
  expectTypeOf<ChatAnswer>().toExtend<ChatCompletion>()
  expectTypeOf<ChatChunk>().toExtend<ChatCompletionChunk>()
  expectTypeOf<ChatRequest>().toExtend<ChatCompletionCreateParams>()
  expectTypeOf<Omit<ResponsesAnswer, Repeated>>().toExtend<Omit<Response, Repeated>>()
  expectTypeOf<Exclude<ResponsesEvent, OfResponse>>().toExtend<ResponseStreamEvent>()
  expectTypeOf<Omit<ResponsesRequest, 'reasoning' | 'tools' | 'stream'>>().toExtend<ResponseCreateParams>()
  expectTypeOf<MessagesAnswer>().toExtend<Message>()
  expectTypeOf<OurEvent>().toExtend<RawMessageStreamEvent>()
  expectTypeOf<MessagesRequest>().toExtend<MessageCreateParamsBase>()
})
