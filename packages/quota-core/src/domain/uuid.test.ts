import { validate, version } from 'uuid'
import { expect, test } from 'vitest'
import { isUuid, uuidV7 } from './uuid.js'

test('ids are unique UUIDs of version 7, however many are generated at once', () => {
  const ids = Array.from({ length: 5_000 }, () => [uuidV7(), uuidV7(1_764_000_000_000)]).flat()
  expect(ids.every(id => validate(id) && version(id) === 7 && isUuid(id))).toBe(true)
  expect(new Set(ids).size).toBe(ids.length)
})

test('ids begin with the given instant', () => {
  const nowMs = 1_764_000_000_000
  const timeOf = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
  expect([nowMs, 0, nowMs + 1].map(uuidV7).map(timeOf)).toEqual([nowMs, 0, nowMs + 1])
})

test.each([
  ['0190a3c4-5d6e-7f80-9123-456789abcdef', true],
  ['0190A3C4-5D6E-7F80-9123-456789ABCDEF', true],
  // Of no version; some libraries generate these.
  ['00000000-0000-0000-0000-000000000001', true],
  ['0190a3c4-5d6e-7f80-9123-456789abcde', false],
  ['0190a3c45d6e7f809123456789abcdef', false],
  ['{0190a3c4-5d6e-7f80-9123-456789abcdef}', false],
  ['0190a3c4-5d6e-7f80-9123-456789abcdef\n', false],
  ['g190a3c4-5d6e-7f80-9123-456789abcdef', false],
  ['', false],
])('%j is a UUID: %s', (text, is) => expect(isUuid(text)).toBe(is))
