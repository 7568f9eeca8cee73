import type { GatewayCode } from './gateway-code.js'
import type { GatewayError, WrittenError } from './gateway-error.js'

/** An error in OpenAI's shape, with the headers that its clients obey before they try again. */
export function writeOpenAiError(error: GatewayError): WrittenError {
  const { httpStatus, message, type, param, code } = error
  return { httpStatus, headers: retryHeaders(error), body: { error: { message, type, param, code } } }
}

/** When to come again, and whether to, as the clients of OpenAI and Anthropic read it. */
export function retryHeaders({ retry, isRetryVain }: GatewayError): Record<string, string> {
  const headers: Record<string, string> = {}
  if (retry) {
    headers['retry-after'] = String(Math.ceil(retry.afterMs / 1_000))
    // Read before the other, which has whole seconds.
    headers['retry-after-ms'] = String(retry.afterMs)
  }
  if (retry?.isNear === false || isRetryVain === true) headers['x-should-retry'] = 'false'
  return headers
}

/** An error of the request itself. `param` names the field at fault; null where there is none. */
export function invalidRequest(
  message: string,
  param: string | null,
  code: GatewayCode,
): Omit<GatewayError, 'httpStatus'> {
  return { type: 'invalid_request_error', code, message, param }
}
