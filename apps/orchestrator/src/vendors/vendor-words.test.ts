import { expect, test } from 'vitest'
import { KeyRedactor } from './redact-key.js'
import { vendorWords } from './vendor-words.js'

const redactor = new KeyRedactor(['secret-key'])
const words = (body: unknown): string =>
  vendorWords(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), redactor)

test.each([
  [{ error: { message: 'overloaded' } }, 'overloaded'],
  [{ error: 'overloaded' }, 'overloaded'],
  [{ detail: 'overloaded' }, 'overloaded'],
  [[{ error: { message: 'overloaded' } }], 'overloaded'],
  ['overloaded', 'overloaded'],
  ['', ''],
  [{}, ''],
  ['<html><body>502 Bad Gateway</body></html>', ''],
  [{ error: { message: 'a\u0000b\r\nc\u2028d\u202ee\u200bf' } }, 'a b c def'],
  [{ error: { message: 'bad key secret-key' } }, 'bad key [key]'],
  ['{"error":{"message":"bad key secret\\u002dkey"}}', 'bad key [key]'],
  [{ error: { message: 'bad key secret\u200b-key' } }, 'bad key [key]'],
])('of %j is quoted "%s"', (body, quoted) => {
  expect(words(body)).toBe(quoted)
})

test('a quote is bounded, and a key at its edge is redacted', () => {
  expect(words({ error: { message: 'x'.repeat(100_000) } })).toBe(`${'x'.repeat(300)}…`)
  expect(words({ error: { message: `${'x'.repeat(295)}secret-key` } })).toBe(`${'x'.repeat(295)}[key]`)
  expect(words('x'.repeat(1_000_000))).toBe('')
})
