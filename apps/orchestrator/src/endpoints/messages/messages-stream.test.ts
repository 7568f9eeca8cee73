import { expect, test } from 'vitest'
import { messagesStream } from './messages-stream.js'

test('a text in the first event of a block counts, and is one with the deltas behind it', () => {
  const start = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'Hel' } }
  const delta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo' } }
  const pieces = [start, delta].flatMap(event => messagesStream.textsOf(event))
  expect(pieces.map(({ text }) => text)).toEqual(['Hel', 'lo'])
  expect(new Set(pieces.map(({ channel }) => channel)).size).toBe(1)
  const charactersOf = messagesStream.countCharacters()
  expect(charactersOf(start) + charactersOf(delta)).toBe(5)
  pieces[0]?.replace('[key]')
  expect(start.content_block.text).toBe('[key]')
})

test('an empty block is no content, and one of hidden thinking is', () => {
  const start = (block: object): object => ({
    type: 'content_block_start',
    index: 0,
    content_block: block,
  })
  expect(messagesStream.hasContent(start({ type: 'text', text: '' }))).toBe(false)
  expect(messagesStream.hasContent(start({ type: 'tool_use', id: 't', name: 'f', input: {} }))).toBe(false)
  expect(messagesStream.hasContent(start({ type: 'text', text: 'x' }))).toBe(true)
  expect(messagesStream.hasContent(start({ type: 'redacted_thinking', data: 'A' }))).toBe(true)
})

test('a call counts its name, and what some vendors give it at once, which is content', () => {
  const start = (input: object): object => ({
    type: 'content_block_start',
    index: 1,
    content_block: { type: 'tool_use', id: 't', name: 'look_up', input },
  })
  const charactersOf = messagesStream.countCharacters()
  expect(charactersOf(start({}))).toBe(7)
  expect(charactersOf(start({ q: 'x'.repeat(1_000) }))).toBeGreaterThan(1_007)
  expect(messagesStream.hasContent(start({ q: 'x' }))).toBe(true)
})
