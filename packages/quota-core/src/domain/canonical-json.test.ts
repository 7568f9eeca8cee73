import { expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.js'

it('is the same for equal data, whatever the order of keys, and differs for other data', () => {
  const left = { zebra: 1, a: { d: [1, { y: null, x: 'é' }], c: true } }
  const right = { a: { c: true, d: [1, { x: 'é', y: null }] }, zebra: 1 }
  expect(canonicalJson(left)).toBe(canonicalJson(right))
  expect(JSON.parse(canonicalJson(left))).toEqual(left)
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]))
  expect(canonicalJson({ a: undefined })).toBe('{}')
})
