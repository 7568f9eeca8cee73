import { fieldOf, isObject } from '../json-value.js'
import { isRepeated, rewriteBody } from '../vendors/rewrite-body.js'
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

/** The name of a field that may be the model's, with escapes or without. */
const modelName = /"(?:m|\\u006d)(?:o|\\u006f)(?:d|\\u0064)(?:e|\\u0065)(?:l|\\u006c)"\s*:/i

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
  const model = fieldOf(body, 'model')
  if (typeof model !== 'string' || model === '') {
    return refused(
      'The request must name a model: "model" is missing or not a string.',
      'model',
      'missing_model',
    )
  }
  // Servers in Go take any case, and of several names the last.
  if (Object.keys(named).some(name => name !== 'model' && name.toLowerCase() === 'model'))
    return refused(
      'The request names several models, or by another field than "model".',
      'model',
      'invalid_model',
    )
  // Of one that is named twice, servers differ in which name they take.
  const text = isNamed && !isNamedTwice(whole) ? whole : rewriteBody(whole, { model })
  const request = { ...read({ text, body, model }), endUser: endUserOf(body) }
  return { ok: true, request: isOfText(named) ? request : { ...request, isPricedByTokens: false } }
}

/** Few bodies are read field by field: one of 1 MB takes 10 ms. */
function isNamedTwice(text: string): boolean {
  const first = text.search(modelName)
  return first !== -1 && modelName.test(text.slice(first + 1)) && isRepeated(text, 'model')
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
