import { expect, test } from 'vitest'
import { headerValues } from './header-values.js'

test('names are read in any case, lists are joined, empty values say nothing', () => {
  const values = headerValues({ 'X-Rate': ' 5 ', list: ['a', 'b'], empty: '', blank: '  ', none: undefined })
  expect([...values]).toEqual([
    ['x-rate', '5'],
    ['list', 'a, b'],
  ])
})

test('whatever is given in place of headers is none', () => {
  for (const headers of [null, undefined, 'text', 5, []]) expect(headerValues(headers).size).toBe(0)
})
