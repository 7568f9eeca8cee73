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

/** An error as Google's clients expect it, with the wait where Google states it, too. */
export function writeGoogleError(error: GatewayError): WrittenError {
  const { httpStatus, message, retry } = error
  const status = names.get(httpStatus) ?? (httpStatus < 500 ? 'INVALID_ARGUMENT' : 'UNAVAILABLE')
  const details = retry ? { details: [retryInfo(retry.afterMs)] } : {}
  return {
    httpStatus,
    headers: retryHeaders(error),
    body: { error: { code: httpStatus, message, status, ...details } },
  }
}

function retryInfo(afterMs: number): object {
  return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${afterMs / 1_000}s` }
}

/** The API key of Google's clients, in their header or in the address; null without it. */
export function googleToken(
  { 'x-goog-api-key': key }: IncomingHttpHeaders,
  query: URLSearchParams,
): string | null {
  return typeof key === 'string' ? key : query.get('key')
}
