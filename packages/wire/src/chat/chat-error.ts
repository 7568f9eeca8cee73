import type { WireError } from '../answer/wire-error.js'
import type { ChatError } from './chat-wire.js'

/** Writes an error for clients of chat completions. */
export function writeChatError({ httpStatus, message, code, param }: WireError): ChatError {
  return { error: { message, type: typeOf(httpStatus), param, code } }
}

function typeOf(httpStatus: number): string {
  if (httpStatus === 401) return 'authentication_error'
  if (httpStatus === 403) return 'permission_error'
  if (httpStatus === 429) return 'rate_limit_error'
  return httpStatus >= 400 && httpStatus < 500 ? 'invalid_request_error' : 'server_error'
}
