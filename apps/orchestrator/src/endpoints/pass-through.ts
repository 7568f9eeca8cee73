import { type EndpointName, readUsage } from '@quotakeeper/vendors'
import { fieldOf } from '../json-value.js'
import { rewriteBody } from '../vendors/rewrite-body.js'
import type { Endpoint } from './endpoint.js'
import type { EndpointRequest, RequestedStream } from './endpoint-request.js'
import { writeOpenAiError } from './openai-error.js'
import { type JsonFormat, readJsonAnswer } from './read-json-answer.js'
import { type JsonRequest, readJsonRequest } from './read-json-request.js'
import type { StreamDialect } from './stream-dialect.js'

/** The specifics of an endpoint with JSON requests and answers without counted text. Usage is read by `readUsage`, which must know its format. */
export interface PassThrough {
  readonly name: EndpointName
  /** The characters of a request's prompt, in code points. */
  promptCharacters(body: unknown): number
  /** The number of requests that one call counts as if its vendor reports no tokens; 1 unless given. */
  requestCount?(body: unknown): number
  /** Whether a parsed body is an answer. */
  isAnswer(body: unknown): boolean
  /** The default model; absent if the request must name one. */
  readonly defaultModel?: string
  /** The stream format; absent if never streamed. */
  readonly stream?: StreamDialect
  /** See {@link EndpointRequest}. */
  readonly isPricedByTokens?: boolean
}

/** Creates an endpoint whose requests and answers pass unchanged, except the model's name. */
export function passThrough(own: PassThrough): Endpoint {
  const format: JsonFormat = {
    isAnswer: own.isAnswer,
    answerCharacters: () => 0,
    usageOf: readUsage,
    stream: own.stream ?? null,
  }
  return {
    path: `/v1/${own.name}`,
    contentType: 'application/json',
    clientToken: () => null,
    readRequest: request => readJsonRequest(request, read => requestOf(own, format, read), own.defaultModel),
    writeError: writeOpenAiError,
  }
}

function requestOf(
  own: PassThrough,
  format: JsonFormat,
  { text, body, model }: JsonRequest,
): EndpointRequest {
  const isStream = own.stream !== undefined && fieldOf(body, 'stream') === true
  const stream: RequestedStream | null =
    own.stream !== undefined && isStream ? { dialect: own.stream, wantsUsage: true } : null
  return {
    model,
    promptCharacters: own.promptCharacters(body),
    output: { maxTokens: 0, answerCount: 1 },
    requestCount: own.requestCount?.(body) ?? 1,
    isPricedByTokens: own.isPricedByTokens ?? true,
    stream,
    isServedBy: ({ endpoints }) => endpoints.has(own.name),
    writeFor: ({ endpoints, model: vendorModel }) => ({
      path: endpoints.get(own.name) ?? own.name,
      headers: {},
      body: vendorModel === model ? text : rewriteBody(text, { model: vendorModel }),
      added: [],
    }),
    readAnswer: answer => readJsonAnswer(format, answer, stream),
    usageOf: readUsage,
  }
}
