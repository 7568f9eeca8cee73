import { expect, test } from 'vitest'
import { isResponsesAnswer, responsesAnswerCharacters } from './responses-answer.js'
import { requestMarks, responsesNeeds } from './responses-marks.js'
import { responsesPromptCharacters } from './responses-prompt.js'

test('a prompt is its instructions, the texts of its items, calls, their results, and definitions', () => {
  expect(responsesPromptCharacters({ instructions: 'abc', input: '😀😀' })).toBe(5)
  const input = [
    { role: 'user', content: 'ab' },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: '😀😀' }] },
    { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c', output: 'done' },
    { type: 'custom_tool_call', call_id: 'd', name: 'g', input: 'xyz' },
    { type: 'custom_tool_call_output', call_id: 'd', output: 'ok' },
    { type: 'code_interpreter_call', id: 'e', code: '1 + 1' },
    {
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'hm' }],
      encrypted_content: 'A'.repeat(1_000),
    },
  ]
  expect(responsesPromptCharacters({ input })).toBe(2 + 2 + 3 + 4 + 4 + 2 + 5 + 2)
  const tools = [{ type: 'function', name: 'f' }]
  const ofTools = responsesPromptCharacters({ input, tools }) - responsesPromptCharacters({ input })
  expect(Math.abs(ofTools - JSON.stringify(tools).length)).toBeLessThan(8)
})

test("the texts of the vendor's own tools count in full, whatever is called", () => {
  const text = 'one two '.repeat(10_000)
  const items = [
    { type: 'shell_call_output', call_id: 'c', output: [{ stdout: text, stderr: '' }] },
    { type: 'apply_patch_call', call_id: 'c', operation: { type: 'update_file', diff: text } },
    { type: 'file_search_call', id: 'f', results: [{ text }] },
    { type: 'code_interpreter_call', id: 'e', outputs: [{ type: 'logs', logs: text }] },
    { type: 'tool_search_call', call_id: 'c', arguments: { query: text } },
  ]
  for (const item of items) {
    const characters = responsesPromptCharacters({ input: [item] })
    expect([item.type, Math.abs(characters - text.length) < 100]).toEqual([item.type, true])
  }
  const screenshot = { type: 'computer_screenshot', image_url: `data:image/png;base64,${'A'.repeat(10_000)}` }
  const output = { type: 'computer_call_output', call_id: 'c', output: screenshot }
  expect(responsesPromptCharacters({ input: [output] })).toBe(4_096)
})

test('an image counts what a large image costs, and a body that is no request nothing', () => {
  const image_url = `data:image/png;base64,${'A'.repeat(1_000_000)}`
  const input = [{ role: 'user', content: [{ type: 'input_image', image_url }] }]
  expect(responsesPromptCharacters({ input })).toBe(4_096)
  for (const body of [null, 1, 'x', [], {}, { input: 7 }, { input: [null, 7, [], { content: 3 }] }]) {
    expect(responsesPromptCharacters(body)).toBe(0)
    expect(responsesAnswerCharacters(body)).toBe(0)
    expect(responsesNeeds(body)).toEqual([])
    expect(requestMarks(body)).toEqual([])
    expect(isResponsesAnswer(body)).toBe(false)
  }
})

test('what a request refers to and does not hold is found wherever it stands', () => {
  const found = responsesNeeds({
    previous_response_id: 'resp_1',
    conversation: { id: 'conv_1' },
    prompt: { id: 'pmpt_1' },
    input: [
      { type: 'item_reference', id: 'rs_1' },
      { role: 'user', content: [{ type: 'input_file', file_id: 'file_1' }] },
      { type: 'function_call_output', output: [{ type: 'input_image', file_id: 'file_2' }] },
    ],
  })
  expect(found.map(({ field, id }) => `${field} ${id}`)).toEqual([
    'previous_response_id resp_1',
    'conversation conv_1',
    'prompt pmpt_1',
    'input.item_reference rs_1',
    'input_file.file_id file_1',
    'input_image.file_id file_2',
  ])
  expect(responsesNeeds({ conversation: 'conv_1' })).toEqual([{ field: 'conversation', id: 'conv_1' }])
})
