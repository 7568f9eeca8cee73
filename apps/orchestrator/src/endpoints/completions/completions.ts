import { readUsage } from '@quotakeeper/vendors'
import { elementsOf, fieldOf, textCharacters } from '../../json-value.js'
import { wantsUsage } from '../chat-completions/stream-options.js'
import { countIn, maxAnswerCount, maxTokensIn } from '../count-field.js'
import type { Endpoint } from '../endpoint.js'
import type { EndpointRequest, RequestedOutput } from '../endpoint-request.js'
import { inputCharacters } from '../input-characters.js'
import { writeOpenAiError } from '../openai-error.js'
import { type JsonFormat, readJsonAnswer } from '../read-json-answer.js'
import { type JsonRequest, readJsonRequest } from '../read-json-request.js'
import { completionCharacters, isCompletion } from './completion-answer.js'
import { completionStream } from './completion-stream.js'
import { writeCompletionRequest } from './write-completion-request.js'

/** Text completions of a text, a list of texts, or tokens; whole and streamed. */
export const completions: Endpoint = {
  path: '/v1/completions',
  contentType: 'application/json',
  clientToken: () => null,
  readRequest: request => readJsonRequest(request, readCompletionRequest),
  writeError: writeOpenAiError,
}

const format: JsonFormat = {
  isAnswer: isCompletion,
  answerCharacters: completionCharacters,
  usageOf: readUsage,
  stream: completionStream,
}

/**
 * The default of `max_tokens`. Source (2026-11-29):
 * https://community.openai.com/t/getting-rate-limit-error-when-using-the-api-working-fine-on-playground/192968
 */
const defaultMaxTokens = 16

function readCompletionRequest(read: JsonRequest): EndpointRequest {
  const { body, model } = read
  const output = requestedOutput(body)
  const stream =
    fieldOf(body, 'stream') === true ? { dialect: completionStream, wantsUsage: wantsUsage(body) } : null
  return {
    model,
    promptCharacters: inputCharacters(fieldOf(body, 'prompt')) + textCharacters(fieldOf(body, 'suffix')),
    output,
    stream,
    isServedBy: ({ endpoints }) => endpoints.has('completions'),
    writeFor: target => writeCompletionRequest({ ...read, isStream: stream !== null }, target),
    readAnswer: answer => readJsonAnswer(format, answer, stream),
    usageOf: readUsage,
  }
}

/** Each prompt of a list gets `n` answers; `best_of` generates more and returns the best. */
function requestedOutput(body: unknown): RequestedOutput {
  const answers = ['n', 'best_of'].map(field => countIn(body, field) ?? 1)
  const answerCount = Math.max(1, ...answers) * promptCount(fieldOf(body, 'prompt'))
  return {
    maxTokens: maxTokensIn(body, 'max_tokens') ?? defaultMaxTokens,
    answerCount: Math.min(answerCount, maxAnswerCount),
  }
}

/** A list of numbers is one prompt of tokens. */
function promptCount(prompt: unknown): number {
  const prompts = elementsOf(prompt)
  return typeof prompts[0] === 'number' ? 1 : Math.max(1, prompts.length)
}
