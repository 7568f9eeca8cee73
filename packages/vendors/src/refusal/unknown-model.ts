import { property, textOf } from '../read/json.js'
import { errorLayers } from './error-layers.js'

/** Statuses at which vendors report an unknown model. */
const statuses: ReadonlySet<number> = new Set([400, 403, 404, 410, 422])

/** Names of the error: in `code` or `type`. */
const codes: ReadonlySet<string> = new Set([
  'model_not_found',
  'model_not_supported',
  'model_not_available',
  'model_decommissioned',
  'unknown_model',
  'invalid_model',
  'deploymentnotfound',
])

/** Messages without such a name, with gaps for the model's name. */
const sayings: readonly RegExp[] = [
  /\bmodels?\b.{0,200}?\b(?:(?:does not|doesn't|not) exist|(?:is |was )?not found|has been decommissioned)\b/i,
  /\b(?:unknown|no such|invalid) model\b/i,
  /\bis not a valid model\b/i,
  /\bno endpoints found for\b/i,
]

/** Anthropic states only the kind and, after a colon, the model. */
const namedOnly = /^model: \S+$/

/**
 * Whether the vendor does not know the model or does not serve it to this key; another model may still work. False for
 * a bare 404, which may be a wrong address. Never throws.
 */
export function isUnknownModelError(httpStatus: number, body: unknown): boolean {
  if (!statuses.has(httpStatus)) return false
  return errorLayers(body).own.some(error => {
    if ([property(error, 'code'), property(error, 'type')].some(isUnknownModelCode)) return true
    const message = typeof error === 'string' ? error : (textOf(property(error, 'message')) ?? '')
    if (httpStatus === 403) return false
    return namedOnly.test(message) || sayings.some(saying => saying.test(message.slice(0, 2_000)))
  })
}

function isUnknownModelCode(code: unknown): boolean {
  return typeof code === 'string' && codes.has(code.toLowerCase())
}
