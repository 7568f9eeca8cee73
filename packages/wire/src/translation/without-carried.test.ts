import { expect, it } from 'vitest'
import { withoutCarried } from '../index.js'

const foreign = { type: 'thinking', thinking: 'Hm.', signature: 'qk1:{"vendor":"v"}' }
const own = { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' }
const text = { type: 'text', text: 'Hi' }

it('removes exactly the carried fields of other vendors from a request', () => {
  const messages = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: [foreign, own, text] },
    { role: 'assistant', content: [foreign] },
    { role: 'assistant', content: [{ ...own, signature: '' }, text] },
    { role: 'user', content: [] },
    'no message',
  ]
  expect(withoutCarried('messages', { model: 'm', messages })).toEqual({
    model: 'm',
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [own, text] },
      { role: 'assistant', content: [text] },
      { role: 'user', content: [] },
      'no message',
    ],
  })
  const reasoning = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' }
  const input = [reasoning, { ...reasoning, encrypted_content: 'qk1:{}' }, { role: 'user', content: 'Hi' }]
  expect(withoutCarried('responses', { input })).toEqual({
    input: [reasoning, { role: 'user', content: 'Hi' }],
  })
})

it('returns the same object if there are none', () => {
  for (const body of [{ input: 'Hi' }, { input: [text] }, {}, { input: null }])
    expect(withoutCarried('responses', body)).toBe(body)
  for (const body of [{ messages: [{ role: 'user', content: [text, own] }] }, {}, { messages: 7 }])
    expect(withoutCarried('messages', body)).toBe(body)
})
