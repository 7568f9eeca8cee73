import type { GatewayCode } from '../endpoints/gateway-code.js'
import type { ServedNames } from './served-names.js'

/** The refusal of a request without a vendor's answer, in the format of OpenAI's errors. */
export interface Refusal {
  readonly httpStatus: number
  readonly type: string
  readonly code: GatewayCode
  readonly message: string
  /** The offending field of the request; null for none. */
  readonly param: string | null
  /** When to retry, epoch milliseconds; null if unknown. */
  readonly retryAtMs: number | null
  /** Whether retries are useless, since somebody has to act first. */
  readonly isRetryVain?: boolean
}

/**
 * The API is unavailable, so no vendor may be called.
 *
 * @param reason for operators, since it may name hosts and settings; null for other clients
 */
export function apiDown(reason: string | null): Refusal {
  const why = reason === null ? '' : ` (${reason})`
  return {
    httpStatus: 503,
    type: 'server_error',
    code: 'quota_api_unavailable',
    message: `The quota API is not available${why}, and without it no vendor is called. Try again shortly.`,
    param: null,
    retryAtMs: null,
  }
}

/** Too many calls are in flight. */
export function overloaded(nowMs: number, reason = 'Too many calls in flight.'): Refusal {
  return {
    httpStatus: 503,
    type: 'server_error',
    code: 'overloaded',
    message: `${reason} Try again shortly.`,
    param: null,
    retryAtMs: nowMs + 1_000,
  }
}

/**
 * A vendor answered, but there is no memory for its answer.
 *
 * @param isInVain whether it would not fit even without other calls
 */
export function noRoomForAnswer(nowMs: number, isInVain: boolean): Refusal {
  const setting = 'QUOTA_GATEWAY_MEMORY_BYTES'
  if (!isInVain)
    return overloaded(
      nowMs,
      `Calls in flight use all the memory that ${setting} allows; none is left for the answer.`,
    )
  const message = `The answer needs more memory than this gateway has for all calls; raise ${setting}, or use a stream, which needs less.`
  return { ...overloaded(nowMs), message, retryAtMs: null, isRetryVain: true }
}

/** No provider serves the model. */
export function modelNotFound(model: string, details: string, { nearest, others }: ServedNames): Refusal {
  const more = others > 0 ? `, and ${others} more` : ''
  const served = nearest.length === 0 ? '' : ` Served are: ${nearest.join(', ')}${more}.`
  return {
    httpStatus: 404,
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: `No provider serves the model "${model}".${details}${served}`,
    param: 'model',
    retryAtMs: null,
  }
}
