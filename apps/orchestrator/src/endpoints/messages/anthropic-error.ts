import type { IncomingHttpHeaders } from 'node:http'
import type { GatewayError, WrittenError } from '../endpoint.js'
import { retryHeaders } from '../openai-error.js'

/**
 * What Anthropic calls errors by their status. Sources:
 * https://docs.claude.com/en/api/errors, and `ErrorType` in @anthropic-ai/sdk 1.14.0 (2026-11-29).
 */
const types: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
])

/** An error as Anthropic's clients expect it. */
export function writeAnthropicError(error: GatewayError): WrittenError {
  const { httpStatus, message } = error
  const type = types.get(httpStatus) ?? (httpStatus < 500 ? 'invalid_request_error' : 'api_error')
  return { httpStatus, headers: retryHeaders(error), body: { type: 'error', error: { type, message } } }
}

/** The header in which Anthropic's clients send an API key; null without it. */
export function anthropicToken({ 'x-api-key': key }: IncomingHttpHeaders): string | null {
  return typeof key === 'string' ? key : null
}
