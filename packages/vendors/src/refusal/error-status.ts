import { elements, property } from '../read/json.js'
import { parseBody } from '../read/parse-body.js'
import { type ErrorFacts, readError } from './error-facts.js'
import { creditWords } from './money-rules.js'
import { isUnknownModelError } from './unknown-model.js'

/** Names of errors and the status that vendors use for them. The first match counts. */
const statusesByName: readonly (readonly [RegExp, number])[] = [
  [/overloaded/, 529],
  [/rate_?-?limit|too_?many_?|throttl|exhausted|quota|usage_?limit|limit_?reached|concurrency/, 429],
  [/balance|billing|credit|payment|spend(?:ing)?_?limit|arrearage|overdue/, 402],
  [/api_?key|authentication|unauthenticated|unauthori[sz]ed|deactivated|invalid_?token/, 401],
  [/permission|forbidden|access_?(?:denied|terminated)|suspended/, 403],
  [/too_?large|context_length/, 413],
  [/not_?found|unknown_?model|model_not_/, 404],
  [/time_?d?_?-?out|deadline/, 504],
  [/unavailable|capacity|queue|slow_?down/, 503],
  [/invalid_?(?:request|argument|param)|bad_?request|validation|content_?(?:filter|policy)|restricted/, 400],
]

/** Words in errors without a known name. */
const statusesByWords: readonly (readonly [RegExp, number])[] = [
  [creditWords, 402],
  [/overloaded/i, 529],
  [
    /rate[- ]?limit|too many requests|quota|usage limit|\blimit (?:reached|exceeded)|throttl|\bper (?:second|minute|hour|day|month)\b|try again in|retry in/i,
    429,
  ],
  [
    /(?:invalid|incorrect|expired|revoked|missing|deactivated|disabled).{0,40}(?:api[ _-]?key|token|credential)|(?:api[ _-]?key|token|credentials?|account).{0,80}(?:invalid|incorrect|expired|revoked|deactivated|disabled|not valid)|unauthori[sz]ed|authentication/i,
    401,
  ],
  [/forbidden|permission denied|suspended|access denied/i, 403],
  [/capacity|too busy|(?:temporarily|service) unavailable/i, 503],
  [/timed? ?out/i, 504],
]

/** An error of unknown kind counts as a server error. */
const unknownFault = 500

/**
 * The HTTP status of an error that arrived with 200, as a body or a stream event: from its number, a number in a text,
 * its names (`rate_limit_error`) or its words. Null for a body that is not an error, such as an answer; 500 for an
 * error of unknown kind. Takes a parsed body or JSON text. Never throws.
 */
export function errorStatusOf(body: unknown): number | null {
  const parsed = parseBody(body)
  return isErrorBody(parsed) ? statusOfError(readError(parsed), parsed) : null
}

function statusOfError(error: ErrorFacts, body: unknown): number {
  const { statedStatus, names, message } = error
  if (statedStatus !== null) return statedStatus
  const named = statusesByName.find(([form]) => [...names].some(name => form.test(name)))?.[1]
  // OpenAI's dialect uses `invalid_request_error` for nearly everything.
  if (named !== undefined && named !== 400) return named
  if (isUnknownModelError(404, body)) return 404
  return statusesByWords.find(([form]) => form.test(message))?.[1] ?? named ?? unknownFault
}

/** Fields of answers in any dialect; an error has none, or has an `error` beside them. */
const answerFields = [
  'choices',
  'content',
  'output',
  'candidates',
  'data',
  'embedding',
  'embeddings',
  'results',
]
const errorTypes: ReadonlySet<unknown> = new Set(['error', 'response.failed', 'response.error'])

/** Whether the body is an error, or has an error beside an answer. `error: null` is not one. */
function isErrorBody(body: unknown): boolean {
  const outer = elements(body, 1)[0] ?? body
  if (typeof outer !== 'object' || outer === null) return false
  if (property(outer, 'error') || elements(property(outer, 'errors'), 1).length > 0) return true
  if (errorTypes.has(property(outer, 'type')) || property(outer, 'object') === 'error') return true
  if (property(elements(property(outer, 'choices'), 1)[0], 'error')) return true
  if (property(property(outer, 'response'), 'error')) return true
  const code = property(property(outer, 'base_resp'), 'status_code')
  if (code !== undefined && code !== 0) return true
  return !answerFields.some(field => isGiven(property(outer, field))) && isBareError(outer)
}

const fineForm = /^(?:ok|success|succeeded|completed|in_progress|queued)$/i

/**
 * Whether the body itself is an error: it has a message or details, and a code or a type that is not that of an event.
 */
function isBareError(body: unknown): boolean {
  if (['detail', 'fault', 'error_msg', 'error_message'].some(field => isGiven(property(body, field))))
    return true
  const hasMessage = [property(body, 'message'), property(body, 'msg')].some(text => typeof text === 'string')
  const names = ['code', 'type', 'status', 'statusCode', 'status_code', 'error_code', 'error_type'].map(
    field => property(body, field),
  )
  const isNamed = names.some(name =>
    typeof name === 'string' ? !fineForm.test(name) : typeof name === 'number' && name >= 400,
  )
  const keys = Object.keys(body ?? {})
  return hasMessage && (isNamed || keys.length === 1 || property(body, 'success') === false)
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
