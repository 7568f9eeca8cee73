import type { IncomingHttpHeaders } from 'node:http'
import { invalidRequest, type OpenAiError } from '../gateway/send-error.js'
import { fieldOf } from '../json-value.js'

/** A body that can be routed, or what is wrong with it. */
export type ReadRequest =
  | {
      readonly ok: true
      readonly body: unknown
      readonly model: string
      /** Who the call is for, by the header; '' for nobody named. */
      readonly consumer: string
    }
  | { readonly ok: false; readonly error: OpenAiError }

/** Longest name of a model or a consumer, in UTF-16 units, that the API keeps in its books. */
const longestName = 200
/** Names the team, user or application that a call is for, in the sums of usage. */
const consumerHeader = 'x-quotakeeper-consumer'

/** Reads what routing needs of a request's JSON text and headers. All else is the vendor's to judge. */
export function readRequest(text: string, headers: IncomingHttpHeaders): ReadRequest {
  const body = parsed(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refused('The body must be a JSON object.', null, 'invalid_json')
  }
  const model = fieldOf(body, 'model')
  if (typeof model !== 'string' || model === '') {
    return refused('The request must name a model: "model" is missing or no text.', 'model', 'missing_model')
  }
  if (!isName(model)) return refused(`"model" ${nameRule}`, 'model', 'invalid_model')
  const consumer = headers[consumerHeader] ?? ''
  if (typeof consumer !== 'string' || !isName(consumer)) {
    return refused(`The header "${consumerHeader}" ${nameRule}`, consumerHeader, 'invalid_consumer')
  }
  return { ok: true, body, model, consumer }
}

const nameRule = `must have at most ${longestName} characters, none of them control characters.`

function isName(text: string): boolean {
  return text.length <= longestName && !/[\p{Cc}\p{Surrogate}]/u.test(text)
}

function refused(message: string, param: string | null, code: string): ReadRequest {
  return { ok: false, error: invalidRequest(message, param, code) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Said to the client in words of our own: the parser's quote the body.
    return undefined
  }
}
