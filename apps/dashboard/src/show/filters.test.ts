import { expect, test } from 'vitest'
import { choiceFilter, dayFilter, type Filters, readFilters, textFilter, writeFilters } from './filters.js'

const filters = {
  model: textFilter(),
  order: choiceFilter(['urgency', 'name'], 'urgency'),
  from: dayFilter(),
} satisfies Filters
const usual = { model: '', order: 'urgency', from: '' }

test.each(['', '?', '?other=1', '?%', '?order=%zz&from=%', '?=&&=x'])('"%s" has the usual values', search => {
  expect(readFilters(filters, search)).toEqual(usual)
})

test.each([
  ['order', 'nonsense'],
  ['order', ''],
  ['order', 'toString'],
  ['from', '2026-02-30'],
  ['from', '2026-2-3'],
  ['from', '0002-11-25'],
  ['from', '2026-11-25T00:00:00Z'],
  ['model', 'a\u0000b'],
  ['model', 'x'.repeat(201)],
])('%s=%j is no value, and ignored', (name, value) => {
  const search = `?${new URLSearchParams({ [name]: value })}`
  expect(readFilters(filters, search)).toEqual(usual)
  expect(writeFilters(filters, search, {})).toBe('')
})

test.each(['llama-*', '50% off', '%2F', '%25', 'a&b=c#d?', 'Schlüssel 日本 😀', '+ +'])(
  'the text "%s" is read as it was written',
  model => {
    const search = writeFilters(filters, '', { model, order: 'name', from: '2028-02-29' })
    expect(readFilters(filters, search)).toEqual({ model, order: 'name', from: '2028-02-29' })
  },
)

test('usual values are left out, other parameters stay, and of two the first counts', () => {
  expect(writeFilters(filters, '?model=a&order=name&other=1', { order: 'urgency' })).toBe('?model=a&other=1')
  expect(writeFilters(filters, '?model=a', { model: '' })).toBe('')
  expect(readFilters(filters, '?model=a&model=b').model).toBe('a')
})
