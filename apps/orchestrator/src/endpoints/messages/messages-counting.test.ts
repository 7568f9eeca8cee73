import { expect, test } from 'vitest'
import { isMessagesAnswer, messagesAnswerCharacters } from './messages-answer.js'
import { requestMarks } from './messages-marks.js'
import { messagesNeeds } from './messages-needs.js'
import { messagesPromptCharacters } from './messages-prompt.js'

test('a prompt is its system, the texts of its blocks, calls, their results, and definitions', () => {
  const messages = [
    { role: 'user', content: '😀😀' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'A'.repeat(1_000) },
        { type: 'text', text: 'ab' },
        { type: 'tool_use', id: 'c', name: 'f', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'c', content: [{ type: 'text', text: 'done' }] },
        { type: 'document', source: { type: 'text', data: 'xyz' } },
      ],
    },
  ]
  expect(messagesPromptCharacters({ system: [{ type: 'text', text: 'abc' }], messages })).toBe(
    3 + 2 + 2 + 2 + 3 + 4 + 3,
  )
})

test('the texts of a document and of a search count in full, in whatever blocks they come', () => {
  const text = 'one two '.repeat(10_000)
  const document = { type: 'document', source: { type: 'content', content: [{ type: 'text', text }] } }
  const found = { type: 'search_result', source: 'u', title: 't', content: [{ type: 'text', text }] }
  for (const block of [document, found]) {
    const characters = messagesPromptCharacters({ messages: [{ role: 'user', content: [block] }] })
    expect(characters - text.length).toBeGreaterThanOrEqual(0)
    expect(characters - text.length).toBeLessThan(100)
  }
})

test('an image counts what a large image costs, and a body that is no request nothing', () => {
  const source = { type: 'base64', media_type: 'image/png', data: 'A'.repeat(1_000_000) }
  const messages = [{ role: 'user', content: [{ type: 'image', source }] }]
  expect(messagesPromptCharacters({ messages })).toBe(4_096)
  for (const body of [null, 1, 'x', [], {}, { messages: 7 }, { messages: [null, 7, [], { content: 3 }] }]) {
    expect(messagesPromptCharacters(body)).toBe(0)
    expect(messagesAnswerCharacters(body)).toBe(0)
    expect(messagesNeeds(body)).toEqual([])
    expect(requestMarks(body)).toEqual([])
    expect(isMessagesAnswer(body)).toBe(false)
  }
})

test('files and containers that a request refers to are found', () => {
  const content = [
    { type: 'document', source: { type: 'file', file_id: 'file_1' } },
    { type: 'container_upload', file_id: 'file_2' },
    { type: 'tool_result', content: [{ type: 'image', source: { type: 'file', file_id: 'file_3' } }] },
  ]
  expect(
    messagesNeeds({ container: 'c_1', messages: [{ role: 'user', content }] }).map(({ id }) => id),
  ).toEqual(['c_1', 'file_1', 'file_2', 'file_3'])
})
