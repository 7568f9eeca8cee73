import { expect, test } from 'vitest'
import { responsesStream } from './responses-stream.js'

const sum = (events: readonly unknown[]): number => {
  const charactersOf = responsesStream.countCharacters()
  return events.reduce<number>((characters, event) => characters + charactersOf(event), 0)
}
const call = { type: 'function_call', id: 'fc_1', name: 'look_up', arguments: '' }
const begun = { type: 'response.output_item.added', output_index: 0, item: call }
const delta = {
  type: 'response.function_call_arguments.delta',
  item_id: 'fc_1',
  output_index: 0,
  delta: '{"q"',
}
const done = { type: 'response.output_item.done', output_index: 0, item: { ...call, arguments: '{"q":1}' } }

test('a call counts its name as it begins, and what it is given once, in deltas or whole', () => {
  expect(sum([begun])).toBe(7)
  expect(sum([begun, delta])).toBe(7 + 4)
  expect(sum([begun, delta, done])).toBe(7 + 7)
  expect(sum([begun, done])).toBe(7 + 7)
  expect(sum([begun, done, { ...begun, item: { ...call, id: 'fc_2' } }])).toBe(7 + 7 + 7)
})

test.each([
  ['response.reasoning.delta', 'hm', 2],
  ['response.mcp_call.arguments_delta', '{}', 2],
  ['response.reasoning_summary.delta', { type: 'summary_text', text: 'hm' }, 2],
  ['response.audio.transcript.delta', 'hello', 5],
  ['response.audio.delta', 'QUJD', 0],
])('a delta of %s is content, counts and may be redacted', (type, given, characters) => {
  const event = { type, item_id: 'i', output_index: 0, delta: given }
  expect(responsesStream.hasContent(event)).toBe(true)
  expect(sum([event])).toBe(characters)
  const [piece] = responsesStream.textsOf(event)
  piece?.replace('[key]')
  expect(JSON.stringify(event)).toContain('[key]')
})

test('beyond 10,000 items none is followed: what is done counts whole beside its beginning', () => {
  const charactersOf = responsesStream.countCharacters()
  const item = (index: number) => ({ ...call, id: `fc_${index}` })
  for (let index = 0; index < 10_000; index++) charactersOf({ ...begun, item: item(index) })
  const ended = (index: number) => charactersOf({ ...done, item: { ...item(index), arguments: '{"q":1}' } })
  expect(ended(9_999)).toBe(7)
  charactersOf({ ...begun, item: item(10_000) })
  expect(ended(10_000)).toBe(7 + 7)
})
