import { fieldOf } from '../counting/json-value.js'
import { invalidRequest, type OpenAiError } from './openai-error.js'

/** A body that can be routed, or what is wrong with it. */
export type ReadRequest =
  | { readonly ok: true; readonly body: unknown; readonly model: string }
  | { readonly ok: false; readonly error: OpenAiError }

/** Longest name of a model, in UTF-16 units, that the API keeps in its books. */
const longestModel = 200

/** Reads what routing needs of a request's JSON text. All else is the vendor's to judge. */
export function readRequest(text: string): ReadRequest {
  const body = parsed(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refused('The body must be a JSON object.', null, 'invalid_json')
  }
  const model = fieldOf(body, 'model')
  if (typeof model !== 'string' || model === '') {
    return refused('The request must name a model: "model" is missing or no text.', 'model', 'missing_model')
  }
  if (model.length > longestModel || /[\p{Cc}\p{Surrogate}]/u.test(model)) {
    const message = `"model" must have at most ${longestModel} characters, none of them control characters.`
    return refused(message, 'model', 'invalid_model')
  }
  return { ok: true, body, model }
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
