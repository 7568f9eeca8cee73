import type { IncomingHttpHeaders } from 'node:http'
import type { GatewayError } from '../endpoints/gateway-error.js'
import { invalidRequest } from '../endpoints/openai-error.js'

/** Longest name of a model or a consumer, in UTF-16 units, that the API keeps in its books. */
const maxNameLength = 200
/** Names the team, user or application that a call is for, in the sums of usage. */
export const consumerHeader = 'x-quotakeeper-consumer'
const nameRule = `must have at most ${maxNameLength} characters, none of them control characters.`

/** Whom a request is for, or why its names cannot be kept in the books, whatever endpoint has read it. */
export type ReadNames =
  | {
      readonly ok: true
      /** '' for nobody named. */
      readonly consumer: string
    }
  | { readonly ok: false; readonly error: GatewayError }

/** Checks the model's name, and reads the consumer's. */
export function readNames(model: string, headers: IncomingHttpHeaders): ReadNames {
  if (!isName(model)) return refused(`"model" ${nameRule}`, 'model', 'invalid_model')
  const consumer = readConsumer(headers)
  if (consumer !== null) return { ok: true, consumer }
  return refused(`The header "${consumerHeader}" ${nameRule}`, consumerHeader, 'invalid_consumer')
}

/** The consumer that a client names; '' for none, null for a name that cannot be kept. */
export function readConsumer(headers: IncomingHttpHeaders): string | null {
  const consumer = headers[consumerHeader] ?? ''
  return typeof consumer === 'string' && isName(consumer) ? consumer : null
}

function isName(text: string): boolean {
  return text.length <= maxNameLength && !/[\p{Cc}\p{Surrogate}]/u.test(text)
}

function refused(message: string, param: string, code: string): ReadNames {
  return { ok: false, error: { httpStatus: 400, ...invalidRequest(message, param, code) } }
}
