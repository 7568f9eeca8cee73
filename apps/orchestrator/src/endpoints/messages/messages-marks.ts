import { elementsOf, fieldOf } from '../../json-value.js'
import { tokenMark } from '../token-mark.js'

/** The marks of thinking in a request, which its maker's vendor alone takes back. */
export function requestMarks(body: unknown): readonly string[] {
  return elementsOf(fieldOf(body, 'messages')).flatMap(message =>
    elementsOf(fieldOf(message, 'content')).flatMap(blockMarks),
  )
}

/** The same of an answer. */
export function answerMarks(answer: unknown): readonly string[] {
  return elementsOf(fieldOf(answer, 'content')).flatMap(blockMarks)
}

/** The same of a block, or of a piece of one. */
export function blockMarks(block: unknown): readonly string[] {
  const isHidden = fieldOf(block, 'type') === 'redacted_thinking'
  return tokenMark(isHidden ? fieldOf(block, 'data') : fieldOf(block, 'signature'))
}
