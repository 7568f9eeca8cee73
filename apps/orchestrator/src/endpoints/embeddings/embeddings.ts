import { readUsage } from '@quotakeeper/vendors'
import { elementsOf, fieldOf, isObject, textCharacters } from '../../json-value.js'
import { charactersPerToken } from '../../settlement/reservation.js'
import { rewriteBody } from '../../vendors/rewrite-body.js'
import type { Endpoint } from '../endpoint.js'
import type { EndpointRequest } from '../endpoint-request.js'
import { writeOpenAiError } from '../openai-error.js'
import { type JsonFormat, readJsonAnswer } from '../read-json-answer.js'
import { type JsonRequest, readJsonRequest } from '../read-json-request.js'

/** Embeddings: the prompt counts, answers have no text. */
export const embeddings: Endpoint = {
  path: '/v1/embeddings',
  contentType: 'application/json',
  clientToken: () => null,
  readRequest: request => readJsonRequest(request, readEmbeddingsRequest),
  writeError: writeOpenAiError,
}

const format: JsonFormat = {
  isAnswer: isEmbeddings,
  answerCharacters: () => 0,
  usageOf: readUsage,
  stream: null,
}

function readEmbeddingsRequest({ text, body, model }: JsonRequest): EndpointRequest {
  return {
    model,
    promptCharacters: inputCharacters(fieldOf(body, 'input')),
    output: { maxTokens: 0, answerCount: 1 },
    stream: null,
    isServedBy: ({ endpoints }) => endpoints.has('embeddings'),
    writeFor: target => ({
      path: target.endpoints.get('embeddings') ?? 'embeddings',
      headers: {},
      body: target.model === model ? text : rewriteBody(text, { model: target.model }),
      added: [],
    }),
    readAnswer: answer => readJsonAnswer(format, answer, null),
    usageOf: readUsage,
  }
}

/** OpenAI's library decodes `data[].embedding`: numbers, their base64, or a vendor's own object of several. */
function isEmbeddings(body: unknown): boolean {
  const data = fieldOf(body, 'data')
  return (
    isObject(body) &&
    !fieldOf(body, 'error') &&
    Array.isArray(data) &&
    data.length > 0 &&
    data.every(element => (fieldOf(element, 'embedding') ?? null) !== null)
  )
}

/** A text, tokens, or a list of either. */
function inputCharacters(input: unknown): number {
  if (typeof input === 'number') return charactersPerToken
  if (!Array.isArray(input)) return textCharacters(input)
  return elementsOf(input).reduce<number>(
    // No deeper than the list of lists of tokens that the API knows.
    (sum, part) => sum + (Array.isArray(part) ? part.length * charactersPerToken : inputCharacters(part)),
    0,
  )
}
