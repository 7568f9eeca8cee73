import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import { itemCharacters } from './responses-prompt.js'

/** What an answer says of itself that is made in the background. */
const pending: ReadonlySet<unknown> = new Set(['in_progress', 'queued'])
/** What an answer says of itself where it has not failed. */
const statuses: ReadonlySet<unknown> = new Set([undefined, null, 'completed', 'incomplete', ...pending])

/**
 * Whether a body is an answer of Responses: OpenAI's library goes through `output`. It may well be empty, where the answer
 * has a name.
 */
export function isResponsesAnswer(body: unknown): boolean {
  if (!isObject(body) || body['error'] || !statuses.has(body['status'])) return false
  const { output } = body
  return (
    Array.isArray(output) && output.every(isObject) && (output.length > 0 || typeof body['id'] === 'string')
  )
}

/** Whether the vendor is still making an answer, which is then asked for by its id. */
export function isPendingResponse(body: unknown): boolean {
  return pending.has(fieldOf(body, 'status'))
}

/** The characters of all items of an answer, in code points. */
export function responsesAnswerCharacters(body: unknown): number {
  return elementsOf(fieldOf(body, 'output')).reduce<number>((sum, item) => sum + itemCharacters(item), 0)
}
