import { elements, property } from '../read/json.js'
import { parseBody } from '../read/parse-body.js'
import { credentialRules } from './credential-rules.js'
import { type ErrorFacts, readError } from './error-facts.js'
import { moneyRules } from './money-rules.js'
import { findRule } from './refusal-rule.js'
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
  [/overload/i, 529],
  [
    /rate[- ]?limit|too many (?:requests|tokens)|quota|usage (?:limit|cap)|\blimit (?:reached|exceeded)|throttl|\bper (?:second|minute|hour|day|week|month)\b|try again in|retry in|concurren|daily free allocation|rate increased too quickly|速率限制|频率|频繁|上限|请求数限制|并发/i,
    429,
  ],
  [
    /(?:invalid|incorrect|expired|revoked|missing|deactivated|disabled).{0,40}(?:api[ _-]?key|token|credential)|(?:api[ _-]?key|token|credentials?|account).{0,80}(?:invalid|incorrect|expired|revoked|deactivated|disabled|not valid)|unauthori[sz]ed|authentication|\blog[ -]?in fail/i,
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
  // At 429, since an offer of a higher limit beside a rate limit is not missing money.
  if (findRule(moneyRules, { httpStatus: 429, error, statesWait: false }) !== undefined) return 402
  const worded = statusesByWords.find(([form]) => form.test(message))?.[1]
  return worded ?? named ?? (barsKeyOrModel(error, body) ? 403 : unknownFault)
}

/** Whether the rules for refusals find an unusable key or a barred model in the words of the error. */
function barsKeyOrModel(error: ErrorFacts, body: unknown): boolean {
  const ofKey = findRule(credentialRules, { httpStatus: 403, error, statesWait: false })
  return ofKey !== undefined || isUnknownModelError(403, body)
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
  if (property(outer, 'error') || hasErrors(property(outer, 'errors'))) return true
  if (errorTypes.has(property(outer, 'type')) || property(outer, 'object') === 'error') return true
  if (property(elements(property(outer, 'choices'), 1)[0], 'error')) return true
  if (property(property(outer, 'response'), 'error')) return true
  const code = property(property(outer, 'base_resp'), 'status_code')
  if (code !== undefined && code !== 0) return true
  return !answerFields.some(field => isGiven(property(outer, field))) && isBareError(outer)
}

/** A list of errors, or one of them (ModelScope). */
function hasErrors(errors: unknown): boolean {
  return elements(errors, 1).length > 0 || typeof property(errors, 'message') === 'string'
}

const fineForm = /^(?:ok|success|succeeded|completed|in_progress|queued)$/i

/**
 * Whether the body itself is an error: it has a message or details, and a code or a type that is not that of an event.
 */
function isBareError(body: unknown): boolean {
  if (certainFields.some(field => isGiven(property(body, field)))) return true
  const hasMessage = messageFields.some(field => typeof property(body, field) === 'string')
  const names = nameFields.map(field => property(body, field))
  const isNamed = names.some(name =>
    typeof name === 'string' ? !fineForm.test(name) : typeof name === 'number' && name >= 400,
  )
  // Beside a message alone, there may be the number of the request.
  const others = Object.entries(body ?? {}).filter(
    ([name, value]) => isGiven(value) && !/(?:^|_)id$/.test(name),
  )
  return hasMessage && (isNamed || others.length === 1 || property(body, 'success') === false)
}

const certainFields = ['detail', 'fault', 'error_msg', 'error_message', 'err_msg']
const messageFields = ['message', 'Message', 'msg', 'title']
const nameFields = [
  ...['code', 'type', 'status', 'statusCode', 'status_code'],
  ...['error_code', 'error_type', 'err_code', 'reason', '__type'],
]

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
