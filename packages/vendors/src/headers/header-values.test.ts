import { expect, test } from 'vitest'
import { headerValues } from './header-values.js'

const names = new Set(['x-rate', 'list', 'empty', 'blank', 'none'])

test('names are read in any case, lists are joined, and empty values and other names are ignored', () => {
  const others = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`other-${index}`, '1']))
  const given = { 'X-Rate': ' 5 ', list: ['a', 'b'], empty: '', blank: '  ', none: undefined }
  const values = headerValues({ ...others, ...given }, names)
  expect([...values]).toEqual([
    ['x-rate', '5'],
    ['list', 'a, b'],
  ])
})

test('a value that is not an object of headers has none', () => {
  for (const headers of [null, undefined, 'text', 5, []]) expect(headerValues(headers, names).size).toBe(0)
})
