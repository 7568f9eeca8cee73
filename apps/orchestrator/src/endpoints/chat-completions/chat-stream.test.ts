import { expect, test } from 'vitest'
import { chatStream } from './chat-stream.js'

const event = (call: object): unknown => ({
  choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: null }],
})

const parts = {
  function: ['arguments', { name: 'f' }, { arguments: '{}' }],
  custom: ['input', { name: 'f' }, { input: 'ab' }],
} as const

for (const kind of ['function', 'custom'] as const) {
  const [field, named, given] = parts[kind]
  const beginning = event({ index: 0, id: 'c', type: kind, [kind]: named })
  const middle = event({ index: 0, [kind]: given })

  test(`a ${kind} call by name, and a part of what it is given, are content and count`, () => {
    for (const [part, characters] of [
      [beginning, 1],
      [middle, 2],
    ] as const) {
      expect(chatStream.hasContent(part)).toBe(true)
      expect(chatStream.countCharacters()(part)).toBe(characters)
    }
    expect(chatStream.hasContent(event({ index: 0, [kind]: { name: '', [field]: '' } }))).toBe(false)
  })

  test(`parts of one ${kind} call are one text`, () => {
    const again = event({ index: 0, [kind]: { [field]: 'cd' } })
    const other = event({ index: 1, [kind]: { [field]: 'cd' } })
    const channels = [middle, again, other].flatMap(part =>
      chatStream.textsOf(part).map(({ channel }) => channel),
    )
    expect(channels).toHaveLength(3)
    expect(new Set(channels).size).toBe(2)
    const [piece] = chatStream.textsOf(again)
    piece?.replace('[key]')
    expect(again).toEqual(event({ index: 0, [kind]: { [field]: '[key]' } }))
  })

  test.each([true, false])(`parts of a ${kind} call are put together, with an index: %s`, isNumbered => {
    const index = isNumbered ? { index: 0 } : {}
    const whole = chatStream.assemble([
      event({ ...index, id: 'c', type: kind, [kind]: { name: 'f', [field]: 'ab' } }),
      event({ ...index, [kind]: { [field]: 'cd' } }),
    ])
    const call = { id: 'c', type: kind, [kind]: { name: 'f', [field]: 'abcd' } }
    expect(whole).toMatchObject({ choices: [{ message: { tool_calls: [call] } }] })
  })
}

test('who speaks is no content, in whatever fields a vendor says it', () => {
  const delta = {
    role: 'assistant',
    name: 'MiniMax AI',
    id: 'm',
    type: 'message',
    content: '',
    audio_content: '',
  }
  expect(chatStream.hasContent({ choices: [{ index: 0, delta, finish_reason: null }] })).toBe(false)
})
