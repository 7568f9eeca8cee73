import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findEmbeddedJson } from './embedded-json.js'

test.each([
  ['{"a":1}', { a: 1 }, ''],
  ['[{"a":1}]', [{ a: 1 }], ''],
  ['429 {"a":1}', { a: 1 }, '429'],
  [
    '[429] failed: {"a":[1,{"b":"}]"}]} Try again in 5s.',
    { a: [1, { b: '}]' }] },
    '[429] failed: Try again in 5s.',
  ],
  ['{} in {name}: {"a":1} (see [docs])', { a: 1 }, '{} in {name}: (see [docs])'],
  ['{"a":"\\"{"} end', { a: '"{' }, 'end'],
])('%j contains JSON', (text, value, rest) => expect(findEmbeddedJson(text)).toEqual({ value, rest }))

test.each([
  '[429] Rate limit reached',
  'Daily limit [50] reached',
  'Invalid value {} for field y',
  '[]',
  '[[]]',
  '[{}]',
  '["stream_options"]',
  '{"a":{"b":1',
  "{'a': 1}",
  'no brackets',
  '',
])('%j contains only text', text => expect(findEmbeddedJson(text)).toBeNull())

test('no text makes it throw or take long', () => {
  const signs = fc.constantFrom('{', '}', '[', ']', '"', '\\', '"a":', '1', ',', ' ')
  const text = fc.array(signs, { maxLength: 5_000 }).map(parts => parts.join(''))
  fc.assert(
    fc.property(text, written => {
      const before = process.cpuUsage()
      findEmbeddedJson(written)
      expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
    }),
  )
  for (const sign of ['{', '[', '"', '{"', '[]', '{"a":', '\\"{'])
    findEmbeddedJson(`[${sign.repeat(199_000 / sign.length)}`)
})
