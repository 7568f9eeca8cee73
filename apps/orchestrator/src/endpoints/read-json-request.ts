import { fieldOf, isObject } from '../json-value.js'
import { rewriteBody } from '../vendors/rewrite-body.js'
import type { ClientRequest, ReadRequest } from './endpoint.js'
import type { EndpointRequest } from './endpoint-request.js'
import type { GatewayCode } from './gateway-code.js'
import { isOfText } from './is-of-text.js'
import { invalidRequest } from './openai-error.js'

/** A JSON body with its model in `model`. */
export interface JsonRequest {
  readonly text: string
  /** The parsed body. */
  readonly body: Readonly<Record<string, unknown>>
  readonly model: string
}

/**
 * Reads the common parts of JSON requests; `read` adds those of the endpoint.
 *
 * @param defaultModel used if neither body nor path names a model; undefined if that is an error
 */
export function readJsonRequest(
  { body: sent, parameters }: ClientRequest,
  read: (request: JsonRequest) => EndpointRequest,
  defaultModel?: string,
): ReadRequest {
  const whole = typeof sent === 'string' || Buffer.isBuffer(sent) ? sent.toString() : ''
  const named = parsed(whole)
  if (!isObject(named)) return refused('The body must be a JSON object.', null, 'invalid_json')
  // A model in the path, as in Azure's paths, counts if the body names none.
  const elsewhere = parameters['model'] ?? defaultModel
  const isNamed = (fieldOf(named, 'model') ?? null) !== null || elsewhere === undefined
  const body = isNamed ? named : { ...named, model: elsewhere }
  const text = isNamed ? whole : rewriteBody(whole, { model: elsewhere ?? null })
  const model = fieldOf(body, 'model')
  if (typeof model !== 'string' || model === '') {
    return refused(
      'The request must name a model: "model" is missing or not a string.',
      'model',
      'missing_model',
    )
  }
  const request = { ...read({ text, body, model }), endUser: endUserOf(body) }
  return { ok: true, request: isOfText(named) ? request : { ...request, isPricedByTokens: false } }
}

/** By the fields of OpenAI's formats, and of Anthropic's. */
function endUserOf(body: Readonly<Record<string, unknown>>): string {
  const named = [body['user'], body['safety_identifier'], fieldOf(body['metadata'], 'user_id')]
  const found = named.find(name => typeof name === 'string' && name !== '')
  return typeof found === 'string' ? found : ''
}

function refused(message: string, param: string | null, code: GatewayCode): ReadRequest {
  return { ok: false, error: { httpStatus: 400, ...invalidRequest(message, param, code) } }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A fixed message for the client, since the parser's message quotes the body.
    return undefined
  }
}
