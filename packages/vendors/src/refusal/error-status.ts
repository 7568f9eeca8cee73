import { elements, property } from '../read/json.js'
import { parseBody } from '../read/parse-body.js'
import { type ErrorFacts, readError } from './error-facts.js'
import { creditWords } from './money-rules.js'
import { isUnknownModelError } from './unknown-model.js'

/** What an error is called, and the status at which vendors answer it. The first that applies counts. */
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

/** What an error says whose names say nothing. */
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

/** An error that says nothing of its kind is the server's own. */
const unknownFault = 500

/**
 * The HTTP status that an error stands for where it came with 200, whole or as an event of a stream: by its number,
 * a number in a text, its names (`rate_limit_error`) or its words. Null for a body that is no error, such as an
 * answer; 500 for an error that doesn't tell. Takes a parsed body or JSON text. Never throws.
 */
export function errorStatusOf(body: unknown): number | null {
  const parsed = parseBody(body)
  return isErrorBody(parsed) ? statusOfError(readError(parsed), parsed) : null
}

function statusOfError(error: ErrorFacts, body: unknown): number {
  const { statedStatus, names, message } = error
  if (statedStatus !== null) return statedStatus
  const named = statusesByName.find(([form]) => [...names].some(name => form.test(name)))?.[1]
  // `invalid_request_error` is what OpenAI's dialect calls nearly everything.
  if (named !== undefined && named !== 400) return named
  if (isUnknownModelError(404, body)) return 404
  return statusesByWords.find(([form]) => form.test(message))?.[1] ?? named ?? unknownFault
}

/** What an answer holds, in any of the dialects; an error never does, or holds an `error` beside it. */
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

/** Whether the body tells an error: one that is told beside an answer is told, too. `error: null` is none. */
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

/** An error that is the body itself: it has a message, or details, and a code or a type that is none of an event. */
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
