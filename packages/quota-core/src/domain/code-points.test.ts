import { expect, test } from 'vitest'
import { countCodePoints } from './code-points.js'

test.each([
  ['', 0],
  ['abc', 3],
  ['😀', 1],
  ['👨‍👩‍👧‍👦', 7],
  ['🇧🇪', 2],
  ['e\u0301', 2],
  ['𠮷', 1],
  ['\ud83d', 1],
  ['\ude00', 1],
  ['\ude00\ud83d', 2],
  ['\ud83d\ud83d\ude00', 2],
  ['a😀b', 3],
])('characters are code points: %j has %i', (text, count) => {
  expect(countCodePoints(text)).toBe(count)
  expect([...text].length, 'same as string iteration').toBe(count)
})
