import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import { itemCharacters } from './responses-prompt.js'

/** What an answer says of itself where it has not failed; those of the background are not there yet. */
const statuses: ReadonlySet<unknown> = new Set([
  undefined,
  null,
  'completed',
  'incomplete',
  'in_progress',
  'queued',
])

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

/** The characters of all items of an answer, in code points. */
export function responsesAnswerCharacters(body: unknown): number {
  return elementsOf(fieldOf(body, 'output')).reduce<number>((sum, item) => sum + itemCharacters(item), 0)
}
