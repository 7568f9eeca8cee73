import { at, elements } from '../read/json.js'
import { errorStatusOf } from './error-status.js'

/** Statuses that do not concern the request's fields. */
const otherStatuses: ReadonlySet<number> = new Set([401, 402, 403, 404, 408, 413, 429])
/** Statuses at which a validation error without a field is attributed to the field in question. */
const fieldStatuses: ReadonlySet<number> = new Set([400, 422])

/** Properties in which validators name the field, and in which they repeat the request. */
const placeKeys: ReadonlySet<string> = new Set(['loc', 'param', 'parameter', 'field', 'path', 'property'])
const echoKeys: ReadonlySet<string> = new Set([
  'input',
  'input_value',
  'ctx',
  'url',
  'body',
  'request',
  'received',
])
/** Places that mean the whole request. */
const wholePlaces: ReadonlySet<string> = new Set(['', 'body', 'request', '__root__', '$', '/'])

const unknownField =
  /\b(?:extra|unknown|unrecogni[sz]ed|unexpected|unsupported|additional)\s+(?:request\s+)?(?:inputs?|fields?|param(?:eter)?s?|arguments?|args?|keys?|keywords?|propert(?:y|ies)|options?|attributes?|names?)\b|\bnot permitted\b/i
/** The field is known; its value is wrong. */
const wrongValue =
  /\btoo (?:large|high|small|low|long)\b|\bat (?:most|least)\b|\b(?:less|greater) than\b|\bexceeds?\b/i

const maxNodes = 500
const maxText = 20_000

/**
 * Whether a vendor refused a request because it does not know or allow a field, so that the request may succeed without
 * it. The field is named in a message (OpenAI: `Unrecognized request argument supplied: x`, Go: `unknown field "x"`,
 * Pydantic: `x: Extra inputs are not permitted`) or by its place (FastAPI: `loc: ["body", "x"]`). A validation error
 * that names no field is attributed to this one. Takes bounded time for any body. Never throws.
 */
export function rejectsField(httpStatus: number, body: unknown, field: string): boolean {
  const status = httpStatus < 400 ? errorStatusOf(body) : httpStatus
  if (status === null || otherStatuses.has(status)) return false
  const { places, text } = complaintOf(body)
  if (wrongValue.test(text)) return false
  if (places.length > 0) return places.some(place => place.split(/[./[\]]+/).includes(field))
  return mentions(text, field) || (fieldStatuses.has(status) && unknownField.test(text))
}

/** Matches `stream_options` and `streamOptions`. */
function mentions(text: string, field: string): boolean {
  const words = text.toLowerCase().match(/[a-z0-9_]+/g) ?? []
  return words.some(word => word === field || word === field.replaceAll('_', ''))
}

/** The text of a body and the places that it names, without parts repeated from the request. */
function complaintOf(body: unknown): { readonly places: readonly string[]; readonly text: string } {
  const places: string[] = []
  let text = ''
  const rest: { readonly key: string; readonly value: unknown }[] = [{ key: '', value: body }]
  for (let nodes = 0; nodes < maxNodes && rest.length > 0 && text.length < maxText; nodes++) {
    const { key, value } = rest.pop() ?? { key: '', value: null }
    if (echoKeys.has(key)) continue
    if (placeKeys.has(key)) {
      const place = Array.isArray(value) ? value.slice(0, 20).join('.') : value
      if (typeof place === 'string' && !wholePlaces.has(place)) places.push(place.slice(0, 1_000))
    } else if (typeof value === 'string') text += `${value.slice(0, maxText)}\n`
    else if (Array.isArray(value))
      rest.push(...elements(value, 100).map(element => ({ key, value: element })))
    else if (typeof value === 'object' && value !== null)
      rest.push(
        ...Object.keys(value)
          .slice(0, 100)
          .map(name => ({ key: name, value: at(value, name) })),
      )
  }
  return { places, text }
}
