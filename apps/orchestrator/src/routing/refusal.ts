import type { ServedNames } from './served-names.js'

/** A request that is not answered by a vendor, in the shape of OpenAI's errors. */
export interface Refusal {
  readonly httpStatus: number
  readonly type: string
  readonly code: string
  readonly message: string
  /** The field of the request at fault; null where there is none. */
  readonly param: string | null
  /** Epoch milliseconds. When to come again; null when no such instant is known. */
  readonly retryAtMs: number | null
  /** Whether a client's own retries are in vain, since somebody has to do something first. */
  readonly isRetryVain?: boolean
}

/** The API cannot be asked, so that nothing may go out. */
export function apiDown(reason: string): Refusal {
  return {
    httpStatus: 503,
    type: 'server_error',
    code: 'quota_api_unavailable',
    message: `The quota API is not available (${reason}), and without it no vendor is called. Try again shortly.`,
    param: null,
    retryAtMs: null,
  }
}

/** More calls are under way than there is room for. */
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
 * A vendor has answered, and there is no memory to hold what it said.
 *
 * @param isInVain whether there would be none if there were no other calls
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

/** Nobody serves the model. */
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
