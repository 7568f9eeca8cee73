import { fieldOf, isObject } from '../../json-value.js'
import { type JsonValue, rewriteBody } from '../../vendors/rewrite-body.js'
import type { VendorRequest, VendorTarget } from '../endpoint-request.js'
import { type GeminiCall, pathOf } from './gemini-call.js'
import { eitherField } from './gemini-parts.js'

/** A request as its client has sent it. */
export interface GeminiRequest extends GeminiCall {
  readonly text: string
  /** The parsed body. */
  readonly body: Readonly<Record<string, unknown>>
}

/** Where the request to be counted stands, if it is more than contents. */
const countedField = 'generateContentRequest'

/**
 * The client's body as a vendor gets it: the granted output as its cap where there is one, and the vendor's model where the
 * body repeats that of the path. All else is as it came. Streams are always asked for as events.
 */
export function writeGeminiRequest(
  { text, body, model, method }: GeminiRequest,
  { endpoints, model: vendorModel, maxOutputTokens }: VendorTarget,
): VendorRequest {
  const fields: Record<string, JsonValue> = {}
  const named = `models/${vendorModel.replace(/^models\//, '')}`
  const counted = body[countedField]
  if (vendorModel !== model && body['model'] !== undefined) fields['model'] = named
  if (vendorModel !== model && isObject(counted)) fields[countedField] = { ...counted, model: named }
  if (maxOutputTokens !== null && method !== 'countTokens')
    Object.assign(fields, capped(body, maxOutputTokens))
  const template = endpoints.get(method) ?? `models/{model}:${method}`
  const query = method === 'streamGenerateContent' ? '?alt=sse' : ''
  return {
    endpoint: method,
    path: pathOf(template, vendorModel.replace(/^models\//, '')) + query,
    headers: {},
    body: Object.keys(fields).length === 0 ? text : rewriteBody(text, fields),
    added: [],
  }
}

/** Under the names that the request has, since the API refuses a field that is given by both of its names. */
function capped(body: unknown, maxOutputTokens: number): Readonly<Record<string, JsonValue>> {
  const config = eitherField(body, 'generationConfig')
  const isShort = fieldOf(body, 'generationConfig') === undefined && config !== undefined
  const isShortCap = fieldOf(config, 'max_output_tokens') !== undefined
  return {
    [isShort ? 'generation_config' : 'generationConfig']: {
      ...(isObject(config) ? config : {}),
      [isShortCap ? 'max_output_tokens' : 'maxOutputTokens']: maxOutputTokens,
    },
  }
}
