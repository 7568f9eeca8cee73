import { writeWireError } from '@quotakeeper/wire'
import type { GatewayError, WrittenError } from '../gateway-error.js'
import { retryHeaders } from '../openai-error.js'

/** Codex waits for as long as this header says, without a word; OpenAI's libraries at most for this. */
const maxRetryMs = 60_000

/**
 * An error as clients of Responses expect it. Codex repeats a call at any status but 400 and 429 with `usage_limit_reached`,
 * up to thirty times, and shows nobody why: what no repetition mends is 400, and quota that returns later than in a minute
 * is told by its instant.
 */
export function writeResponsesError(error: GatewayError): WrittenError {
  const { httpStatus, message, code, param, retry = null, isRetryVain = false } = error
  const isLate = retry !== null && !retry.isNear
  const isTooLarge = httpStatus === 413 && code === 'too_large'
  const isNobodys = httpStatus === 404 && code !== 'unknown_url'
  const isVain = isRetryVain || isTooLarge || isNobodys
  const status = isLate ? 429 : isVain ? 400 : httpStatus
  const headers = retryHeaders({
    ...error,
    retry: retry && { ...retry, afterMs: Math.min(retry.afterMs, maxRetryMs) },
  })
  const written = writeWireError('responses', {
    httpStatus: status,
    message,
    code: isTooLarge ? 'context_length_exceeded' : code,
    param,
    resetsAtSeconds: isLate ? Math.ceil(retry.atMs / 1_000) : null,
  })
  const isNamed = isLate || isTooLarge
  return {
    httpStatus: status,
    headers,
    // The gateway's own names of errors are the same at every endpoint.
    body: isNamed ? written : { error: { ...written.error, code } },
  }
}
