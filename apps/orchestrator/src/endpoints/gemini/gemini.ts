import { isObject } from '../../json-value.js'
import { parseJson } from '../../parse-json.js'
import type { ClientRequest, Endpoint, ReadRequest } from '../endpoint.js'
import { invalidRequest } from '../openai-error.js'
import { countRequest } from './count-gemini-tokens.js'
import { geminiMethods, readGeminiCall } from './gemini-call.js'
import { contentRequest } from './generate-content.js'
import { googleToken, writeGoogleError } from './google-error.js'

const folder = '/v1beta/models/'

/** Gemini's own API: content, whole and streamed, and the count of a prompt, for vendors that have it. */
export const gemini: Endpoint = {
  // Models may have slashes, as `gemini_1/gemini-2.5-flash`.
  path: `${folder}*`,
  contentType: 'application/json',
  clientToken: googleToken,
  readRequest,
  writeError: writeGoogleError,
}

function readRequest({ body: sent, parameters, query }: ClientRequest): ReadRequest {
  const part = parameters['*'] ?? ''
  const call = readGeminiCall(part)
  if (call === null) {
    const served = geminiMethods.map(method => `POST ${folder}MODEL:${method}`).join(', ')
    const message = `POST ${folder}${part.slice(0, 200)} is not served; of Gemini's own API ${served} are.`
    return { ok: false, error: { httpStatus: 404, ...invalidRequest(message, null, 'unknown_url') } }
  }
  const text = typeof sent === 'string' ? sent : ''
  const body = parseJson(text)
  if (!isObject(body)) {
    const fault = invalidRequest('The body must be a JSON object.', null, 'invalid_json')
    return { ok: false, error: { httpStatus: 400, ...fault } }
  }
  const asked = { ...call, text, body }
  const request =
    call.method === 'countTokens'
      ? countRequest(asked)
      : contentRequest(asked, [query.get('alt'), query.get('$alt')].includes('sse'))
  return { ok: true, request }
}
