import { expect, test } from 'vitest'
import { AlertPosition } from './alert-position.js'

test('ids without a gap are one number, and a gap is kept until it is filled or settled', () => {
  const position = new AlertPosition(117)
  position.notify(118, false)
  expect(String(position)).toBe('118')
  position.notify(121, false)
  position.notify(120, false)
  expect(String(position)).toBe('118+120+121')
  expect([119, 120, 118, 122].map(id => position.has(id))).toEqual([false, true, true, false])
  position.notify(119, false)
  expect(String(position)).toBe('121')
  position.notify(130, false)
  position.notify(130, true)
  expect(String(position)).toBe('130')
})

test('a position is read back as written; other text is not a position', () => {
  for (const text of ['0', '118', '118+120+121']) expect(String(AlertPosition.parse(text))).toBe(text)
  const tooMany = ['1', ...Array.from({ length: 501 }, (_, index) => index + 3)].join('+')
  for (const text of ['', 'x', '-1', '1+', '1.5', '1 +2', '9'.repeat(16), tooMany])
    expect(AlertPosition.parse(text)).toBeNull()
})
