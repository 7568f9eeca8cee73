import { readUsage, type VendorUsage } from '@quotakeeper/vendors'
import type { Endpoint } from '../src/endpoints/endpoint.js'
import type { EndpointRequest, RawAnswer, ReadAnswer } from '../src/endpoints/endpoint-request.js'
import { retryHeaders } from '../src/endpoints/openai-error.js'
import { type JsonFormat, readJsonAnswer } from '../src/endpoints/read-json-answer.js'
import { readJsonRequest } from '../src/endpoints/read-json-request.js'
import { elementsOf, fieldOf, textCharacters } from '../src/json-value.js'
import { rewriteBody } from '../src/vendors/rewrite-body.js'

/** Rerank with its own token header, error format, paths and usage; not available at Groq. */
export const rerank: Endpoint = {
  path: '/v1/rerank',
  contentType: 'application/json',
  clientToken: headers => (typeof headers['x-api-key'] === 'string' ? headers['x-api-key'] : null),
  readRequest: request =>
    readJsonRequest(
      request,
      ({ text, body, model }): EndpointRequest => ({
        model,
        promptCharacters: [fieldOf(body, 'query'), ...elementsOf(fieldOf(body, 'documents'))].reduce<number>(
          (sum, value) => sum + textCharacters(value),
          0,
        ),
        output: { maxTokens: 0, answerCount: 1 },
        stream: null,
        isServedBy: ({ vendor }) => vendor !== 'groq',
        writeFor: ({ vendor, model: vendorModel }) => ({
          path: vendor === 'openrouter' ? '/v2/rerank' : '/rerank',
          headers: { 'x-rerank-version': '1' },
          body: vendorModel === model ? text : rewriteBody(text, { model: vendorModel }),
          added: [],
        }),
        readAnswer: answer => readJsonAnswer(rerankFormat, answer, null),
        usageOf: rerankUsage,
      }),
    ),
  writeError: error => ({
    httpStatus: error.httpStatus,
    headers: retryHeaders(error),
    body: { type: 'error', error: { type: error.code, message: error.message } },
  }),
}

const rerankFormat: JsonFormat = {
  isAnswer: body => Array.isArray(fieldOf(body, 'results')),
  answerCharacters: () => 0,
  usageOf: rerankUsage,
  stream: null,
}

function rerankUsage(body: unknown): VendorUsage {
  const units = fieldOf(fieldOf(body, 'meta'), 'search_units')
  return readUsage({ usage: { prompt_tokens: units, completion_tokens: 0, total_tokens: units } })
}

/** Accepts a form and answers bytes; the model is a field of the form. */
export const sounds: Endpoint = {
  path: '/v1/sounds',
  contentType: 'multipart/form-data',
  clientToken: () => null,
  readRequest: ({ body, headers }) => {
    const model = /name="model"\r\n\r\n([^\r]+)\r\n/.exec(body.toString('latin1'))?.[1]
    if (model === undefined) {
      const message = 'The form has no part "model".'
      const error = {
        httpStatus: 400,
        type: 'invalid_request_error',
        code: 'missing_model',
        message,
      } as const
      return { ok: false, error: { ...error, param: 'model' } }
    }
    const request: EndpointRequest = {
      model,
      promptCharacters: 0,
      output: { maxTokens: 0, answerCount: 1 },
      stream: null,
      isServedBy: () => true,
      writeFor: () => ({
        path: '/sounds',
        headers: { 'content-type': headers['content-type'] ?? '' },
        body,
        added: [],
      }),
      readAnswer: readSound,
      usageOf: readUsage,
    }
    return { ok: true, request }
  },
  writeError: rerank.writeError,
}

function readSound({ body, contentType }: RawAnswer): ReadAnswer {
  const measured = { usage: () => readUsage(undefined), characters: () => 0 }
  if (contentType !== 'audio/wav') return { kind: 'none', what: 'no sound', ...measured }
  return { kind: 'answer', contentType, body, ...measured }
}
