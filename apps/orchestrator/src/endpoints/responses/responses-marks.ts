import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import type { Reference } from '../endpoint-request.js'
import { tokenMark } from '../token-mark.js'
import { isCompaction } from './compaction-item.js'

/** What a request refers to and does not hold: earlier answers, conversations, items, prompts and files at its vendor. */
export function responsesNeeds(body: unknown): readonly Reference[] {
  const conversation = fieldOf(body, 'conversation')
  const fields = [
    reference('previous_response_id', fieldOf(body, 'previous_response_id')),
    reference('conversation', isObject(conversation) ? conversation['id'] : conversation),
    reference('prompt', fieldOf(fieldOf(body, 'prompt'), 'id')),
  ]
  const items = elementsOf(fieldOf(body, 'input')).flatMap(item => {
    if (fieldOf(item, 'type') === 'item_reference')
      return reference('input.item_reference', fieldOf(item, 'id'))
    const parts = [...elementsOf(fieldOf(item, 'content')), ...elementsOf(fieldOf(item, 'output'))]
    return parts.flatMap(part => reference(`${fieldOf(part, 'type')}.file_id`, fieldOf(part, 'file_id')))
  })
  return [...fields.flat(), ...items]
}

function reference(field: string, id: unknown): readonly Reference[] {
  return typeof id === 'string' && id !== '' ? [{ field, id }] : []
}

/** The marks of reasoning in a request that only its maker can read. */
export function requestMarks(body: unknown): readonly string[] {
  return elementsOf(fieldOf(body, 'input')).flatMap(item => tokenMark(fieldOf(item, 'encrypted_content')))
}

/** The shortened conversations in a request, by their marks. */
export function sealedParts(body: unknown): readonly Reference[] {
  return elementsOf(fieldOf(body, 'input'))
    .filter(isCompaction)
    .flatMap(item => tokenMark(fieldOf(item, 'encrypted_content')))
    .map(id => ({ field: 'input.compaction', id }))
}

/** The ids of an answer and of its items, and the marks of its reasoning. */
export function answerMarks(response: unknown): readonly string[] {
  return [...idOf(response), ...elementsOf(fieldOf(response, 'output')).flatMap(itemMarks)]
}

/** The same of one item. */
export function itemMarks(item: unknown): readonly string[] {
  return [...idOf(item), ...tokenMark(fieldOf(item, 'encrypted_content'))]
}

function idOf(value: unknown): readonly string[] {
  const id = fieldOf(value, 'id')
  return typeof id === 'string' && id !== '' ? [id] : []
}
