import { elementsOf, fieldOf } from '../../json-value.js'
import type { Reference } from '../endpoint-request.js'

/** What a request refers to and does not hold: files and containers at its vendor. */
export function messagesNeeds(body: unknown): readonly Reference[] {
  const container = fieldOf(body, 'container')
  const blocks = elementsOf(fieldOf(body, 'messages')).flatMap(message => {
    const content = elementsOf(fieldOf(message, 'content'))
    return [...content, ...content.flatMap(block => elementsOf(fieldOf(block, 'content')))]
  })
  return [
    ...reference('container', fieldOf(container, 'id') ?? container),
    ...blocks.flatMap(block => [
      ...reference('source.file_id', fieldOf(fieldOf(block, 'source'), 'file_id')),
      ...reference('container_upload.file_id', fieldOf(block, 'file_id')),
    ]),
  ]
}

function reference(field: string, id: unknown): readonly Reference[] {
  return typeof id === 'string' && id !== '' ? [{ field, id }] : []
}
