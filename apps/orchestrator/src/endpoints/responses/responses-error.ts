import { writeWireError } from '@quotakeeper/wire'
import type { GatewayError, WrittenError } from '../gateway-error.js'
import { retryHeaders } from '../openai-error.js'

/** Codex waits silently for the time in `Retry-After`; OpenAI's libraries wait at most this long. */
const maxRetryMs = 60_000

/**
 * An error in the format of Responses, such that Codex neither retries too often nor stays silent. Measured with Codex 0.171.0
 * (2026-11-29): at 500 to 504 it calls 30 times, at 503 with `server_is_overloaded` 5 times and then says nothing of why;
 * at 424 it calls 6 times, at 400 and at 429 with `usage_limit_reached` once, and shows why. So
 * permanent failures are 400, temporary ones 424 (with the header that makes OpenAI's libraries retry), and quota that
 * returns in more than a minute is refused with its instant.
 */
export function writeResponsesError(error: GatewayError): WrittenError {
  const { message, type, code, param, retry = null } = error
  const isLate = retry !== null && !retry.isNear
  const isTooLarge = error.httpStatus === 413 && code === 'too_large'
  const httpStatus = statusOf(error, isLate || isTooLarge)
  const headers = retryHeaders({
    ...error,
    retry: retry && { ...retry, afterMs: Math.min(retry.afterMs, maxRetryMs) },
  })
  if (httpStatus === failedForNow) headers['x-should-retry'] ??= 'true'
  if (!isLate && !isTooLarge) return { httpStatus, headers, body: { error: { message, type, param, code } } }
  const body = writeWireError('responses', {
    ...{ httpStatus, message, param },
    code: isTooLarge ? 'context_length_exceeded' : code,
    resetsAtSeconds: isLate ? Math.ceil(retry.atMs / 1_000) : null,
  })
  return { httpStatus, headers, body }
}

const failedForNow = 424

/** What stays 404: Codex asks for none of it. */
const notFound: ReadonlySet<string> = new Set(['unknown_url', 'state_not_held'])

function statusOf(
  { httpStatus, code, retry = null, isRetryVain = false }: GatewayError,
  isNamed: boolean,
): number {
  if (isNamed) return retry === null ? 400 : 429
  const isNobodys = httpStatus === 404 && !notFound.has(code)
  if (isRetryVain || isNobodys) return 400
  return httpStatus >= 500 ? failedForNow : httpStatus
}
