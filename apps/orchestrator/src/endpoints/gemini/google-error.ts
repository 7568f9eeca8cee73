import type { IncomingHttpHeaders } from 'node:http'
import type { GatewayError, WrittenError } from '../gateway-error.js'
import { retryHeaders } from '../openai-error.js'

/**
 * Names of errors by their status. Source:
 * https://cloud.google.com/service-control/reference/rpc/google.rpc (2026-11-29).
 */
const names: ReadonlyMap<number, string> = new Map([
  [401, 'UNAUTHENTICATED'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [429, 'RESOURCE_EXHAUSTED'],
  [500, 'INTERNAL'],
  [504, 'DEADLINE_EXCEEDED'],
])

/** An error as Google's clients expect it. */
export function writeGoogleError(error: GatewayError): WrittenError {
  const { httpStatus, message } = error
  const status = names.get(httpStatus) ?? (httpStatus < 500 ? 'INVALID_ARGUMENT' : 'UNAVAILABLE')
  return {
    httpStatus,
    headers: retryHeaders(error),
    body: { error: { code: httpStatus, message, status } },
  }
}

/** The header in which Google's clients send an API key; null without it. */
export function googleToken({ 'x-goog-api-key': key }: IncomingHttpHeaders): string | null {
  return typeof key === 'string' ? key : null
}
