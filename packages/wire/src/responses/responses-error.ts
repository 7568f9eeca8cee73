import { readErrorObject } from '../answer/read-error.js'
import type { WireError } from '../answer/wire-error.js'
import { fieldOf } from '../json/json-value.js'
import type { ResponsesError } from './responses-wire.js'

/** An error as a body of Responses. */
export interface ResponsesErrorBody {
  error: {
    message: string
    type: string
    param: string | null
    code: string | null
    resets_at?: number
  }
}

/** Reads the error of an event or a body; null for none. */
export function readResponsesError(body: unknown, httpStatus: number | null = null): WireError | null {
  const type = fieldOf(body, 'type')
  if (type === 'response.failed') {
    const error = fieldOf(fieldOf(body, 'response'), 'error')
    return readErrorObject({ error: error ?? {} }, statusOf(httpStatus, fieldOf(error, 'code')))
  }
  const code = fieldOf(body, 'code') ?? fieldOf(fieldOf(body, 'error'), 'code')
  return readErrorObject(body, statusOf(httpStatus, code))
}

/** Events arrive with a successful status; their code determines the status. */
function statusOf(httpStatus: number | null, code: unknown): number | null {
  if (httpStatus !== null && httpStatus >= 400) return httpStatus
  return typeof code === 'string' ? (statuses.get(code) ?? null) : null
}

const statuses: ReadonlyMap<string, number> = new Map([
  ['rate_limit_exceeded', 429],
  ['usage_limit_reached', 429],
  ['insufficient_quota', 429],
  ['invalid_prompt', 400],
  ['context_length_exceeded', 400],
  ['server_error', 500],
])

/**
 * Writes an error for clients of Responses. Quota with a known return is `usage_limit_reached`, at which Codex stops
 * and shows when to retry, instead of repeating the call.
 */
export function writeResponsesError(error: WireError): ResponsesErrorBody {
  const { message, param, resetsAtSeconds } = error
  const code = codeOf(error)
  if (resetsAtSeconds !== null && error.httpStatus === 429)
    return { error: { message, type: 'usage_limit_reached', param, code, resets_at: resetsAtSeconds } }
  return { error: { message, type: typeOf(error.httpStatus), param, code } }
}

/** Writes the error within `response.failed`. */
export function writeFailure(error: WireError): ResponsesError {
  const { message, resetsAtSeconds } = error
  const code = codeOf(error)
  return resetsAtSeconds === null ? { code, message } : { code, message, resets_at: resetsAtSeconds }
}

function codeOf({ httpStatus, code, resetsAtSeconds }: WireError): string {
  if (httpStatus === 429 && resetsAtSeconds !== null) return 'usage_limit_reached'
  if (code !== null && statuses.has(code)) return code
  if (httpStatus === 413) return 'context_length_exceeded'
  if (httpStatus === 429) return 'rate_limit_exceeded'
  return httpStatus < 500 ? (code ?? 'invalid_prompt') : 'server_error'
}

function typeOf(httpStatus: number): string {
  if (httpStatus === 401) return 'authentication_error'
  if (httpStatus === 429) return 'rate_limit_error'
  return httpStatus < 500 ? 'invalid_request_error' : 'server_error'
}
