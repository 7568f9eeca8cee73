import type { IncomingHttpHeaders } from 'node:http'
import { writeWireError } from '@quotakeeper/wire'
import type { GatewayError, WrittenError } from '../gateway-error.js'
import { retryHeaders } from '../openai-error.js'

/**
 * An error in Anthropic's format. A call that is too large for every key is refused like a prompt that is too long: Claude
 * Code then shortens the conversation, while at 413 it reports megabytes.
 */
export function writeAnthropicError(error: GatewayError): WrittenError {
  const { httpStatus, message, code, param } = error
  const isTooLarge = httpStatus === 413 && code === 'too_large'
  const status = isTooLarge ? 400 : httpStatus
  const body = writeWireError('messages', {
    ...{ httpStatus: status, message, param, resetsAtSeconds: null },
    code: isTooLarge ? 'context_length_exceeded' : code,
  })
  return { httpStatus: status, headers: retryHeaders(error), body }
}

/** The header in which Anthropic's clients send an API key; null without it. */
export function anthropicToken({ 'x-api-key': key }: IncomingHttpHeaders): string | null {
  return typeof key === 'string' ? key : null
}
