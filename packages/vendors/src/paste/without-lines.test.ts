import { expect, test } from 'vitest'
import { parsePastedKeys } from './parse-pasted-keys.js'
import { withoutLines } from './without-lines.js'

const linesOf = (text: string) => parsePastedKeys(text).keys.map(({ key }) => key)

test.each([
  ['lines', 'GROQ_API_KEY=gsk_1111\r\n# mine\ngroq,gsk_2222\nnobody,gsk_3333\ngemini,AIza_4444'],
  [
    'a list',
    JSON.stringify(['gsk_1111', '#', 'gsk_2222', '!', 'AIza_4444'].map(key => ({ platform: 'groq', key }))),
  ],
])('of %s the given ones go, and the others stay as they are read', (_, text) => {
  const before = linesOf(text)
  const after = linesOf(withoutLines(text, new Set([1, 3])))
  expect(after).toEqual(before.filter(key => key !== 'gsk_1111' && key !== 'gsk_2222'))
  expect(after.length).toBeGreaterThan(0)
  expect(linesOf(withoutLines(text, new Set()))).toEqual(before)
})

test('in JSON, entries of "keys" and variables go', () => {
  const keys = [{ platform: 'groq', key: 'gsk_1111' }, 'useless']
  expect(JSON.parse(withoutLines(JSON.stringify({ version: 1, keys }), new Set([1])))).toEqual({
    version: 1,
    keys: ['useless'],
  })
  const variables = { GROQ_API_KEY: 'gsk_1111', NOBODY_API_KEY: 'x' }
  expect(JSON.parse(withoutLines(JSON.stringify(variables), new Set([1])))).toEqual({ NOBODY_API_KEY: 'x' })
})

test.each([
  ['platform,key,label\n# a comment\n\ngroq,gsk_1111\n', 4],
  ['[{"platform":"groq","key":"gsk_1111"}]', 1],
  ['{"keys":[{"platform":"groq","key":"gsk_1111"}]}', 1],
  ['{"GROQ_API_KEY":"gsk_1111"}', 1],
])('of %j nothing is left', (text, line) => {
  expect(withoutLines(text, new Set([line]))).toBe('')
})

test('a text that begins as JSON and is none stays', () => {
  expect(withoutLines('[{"platform":"groq"', new Set([1]))).toBe('[{"platform":"groq"')
})
