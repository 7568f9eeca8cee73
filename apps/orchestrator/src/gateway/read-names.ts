import type { IncomingHttpHeaders } from 'node:http'
import { isCleanText, longestText } from '@quotakeeper/quota-core/rules'
import type { EndpointRequest } from '../endpoints/endpoint-request.js'
import type { GatewayCode } from '../endpoints/gateway-code.js'
import type { GatewayError } from '../endpoints/gateway-error.js'
import { invalidRequest } from '../endpoints/openai-error.js'
import type { RoutingTable } from '../routing/routing-table.js'

/** Names the team, tenant or application that a call is for, in the sums of usage. */
export const consumerHeader = 'x-quotakeeper-consumer'
/** Names the consumer's end user. */
const userHeader = 'x-quotakeeper-user'
const nameRule = `must have at most ${longestText} characters, none of them control characters.`

/** The consumer and end user of a request at any endpoint, or why their names cannot be recorded. */
export type ReadNames =
  | {
      readonly ok: true
      /** '' for nobody named. */
      readonly consumer: string
      /** '' for none. */
      readonly endUser: string
    }
  | { readonly ok: false; readonly error: GatewayError }

/** Checks the model's name, and reads the consumer's and the end user's. */
export function readNames(
  { model, endUser: ofBody = '' }: Pick<EndpointRequest, 'model' | 'endUser'>,
  headers: IncomingHttpHeaders,
  { endUserFrom }: Pick<RoutingTable, 'endUserFrom'>,
): ReadNames {
  if (!isName(model)) return refused(`"model" ${nameRule}`, 'model', 'invalid_model')
  const consumer = readConsumer(headers)
  if (consumer === null)
    return refused(`The header "${consumerHeader}" ${nameRule}`, consumerHeader, 'invalid_consumer')
  const endUser = endUserFrom === 'body' ? ofBody : (headers[userHeader] ?? '')
  if (typeof endUser === 'string' && isName(endUser)) return { ok: true, consumer, endUser }
  const place = endUserFrom === 'body' ? 'The end user' : `The header "${userHeader}"`
  return refused(`${place} ${nameRule}`, endUserFrom === 'body' ? 'user' : userHeader, 'invalid_user')
}

/** The consumer that a client names; '' for none, null for a name that cannot be kept. */
export function readConsumer(headers: IncomingHttpHeaders): string | null {
  const consumer = headers[consumerHeader] ?? ''
  return typeof consumer === 'string' && isName(consumer) ? consumer : null
}

function isName(text: string): boolean {
  return text.length <= longestText && isCleanText(text)
}

function refused(message: string, param: string, code: GatewayCode): ReadNames {
  return { ok: false, error: { httpStatus: 400, ...invalidRequest(message, param, code) } }
}
