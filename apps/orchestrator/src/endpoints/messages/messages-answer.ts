import { fieldOf, isObject } from '../../json-value.js'
import { contentCharacters } from './messages-prompt.js'

/** Whether a body is an answer of Messages: clients go through `content`, which may be empty where it says why it ended. */
export function isMessagesAnswer(body: unknown): boolean {
  if (!isObject(body) || body['error'] || body['type'] === 'error') return false
  const { content } = body
  return (
    Array.isArray(content) &&
    content.every(isObject) &&
    (content.length > 0 || typeof body['stop_reason'] === 'string')
  )
}

/** The characters of all blocks of an answer, in code points. */
export function messagesAnswerCharacters(body: unknown): number {
  return contentCharacters(fieldOf(body, 'content'), 0)
}
