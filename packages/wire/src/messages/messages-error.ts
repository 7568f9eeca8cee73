import { readErrorObject } from '../answer/read-error.js'
import type { WireError } from '../answer/wire-error.js'
import { fieldOf } from '../json/json-value.js'
import type { MessagesError, MessagesErrorType } from './messages-wire.js'

/** Reads the error of an event or a body; null for none. */
export function readMessagesError(body: unknown, httpStatus: number | null = null): WireError | null {
  return fieldOf(body, 'type') === 'error' ? readErrorObject(body, httpStatus) : null
}

/** Writes an error for clients of Messages. */
export function writeMessagesError(error: WireError): MessagesError {
  if (error.code === 'context_length_exceeded')
    return { type: 'error', error: { type: 'invalid_request_error', message: tooLong(error.message) } }
  return { type: 'error', error: { type: typeOf(error.httpStatus), message: error.message } }
}

/** The wording by which Claude Code recognises that it must shorten the conversation. */
function tooLong(message: string): string {
  if (message.includes('prompt is too long')) return message
  const max = /(?:maximum context length|context window)[^\d]{0,40}(\d+)/i.exec(message)?.[1]
  const sent = /(?:resulted in|requested|contains)[^\d]{0,40}(\d+)/i.exec(message)?.[1]
  return max === undefined || sent === undefined
    ? `prompt is too long: ${message}`
    : `prompt is too long: ${sent} tokens > ${max} maximum`
}

function typeOf(httpStatus: number): MessagesErrorType {
  const type = types.get(httpStatus)
  if (type !== undefined) return type
  return httpStatus >= 400 && httpStatus < 500 ? 'invalid_request_error' : 'api_error'
}

const types: ReadonlyMap<number, MessagesErrorType> = new Map([
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [408, 'timeout_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
])
