import { expect, test } from 'vitest'
import { movedInGroups, type PriorityGroups, prioritiesOfGroups, priorityGroups } from './priority-order.js'

const provider = (name: string, priority: number, isFixed = false) => ({ name, priority, isFixed })
const namesIn = (groups: PriorityGroups | null) =>
  groups?.map(group => group.map(({ name }) => name).join('=')).join(' < ') ?? null

const three = priorityGroups([provider('c', 100), provider('a', 100), provider('b', 100)])

test('providers of equal priority are one group, and each order can be reached in single moves', () => {
  expect(namesIn(three)).toBe('a=b=c')
  const first = movedInGroups(three, 'c', 'up') ?? []
  expect(namesIn(first)).toBe('c < a=b')
  expect(namesIn(movedInGroups(first, 'c', 'up'))).toBe(null)
  expect(namesIn(movedInGroups(first, 'c', 'down'))).toBe('a=b=c')
  const last = movedInGroups(first, 'a', 'down') ?? []
  expect(namesIn(last)).toBe('c < b < a')
  expect(namesIn(movedInGroups(last, 'b', 'up'))).toBe('b=c < a')
  expect(namesIn(movedInGroups(last, 'a', 'down'))).toBe(null)
  expect(namesIn(movedInGroups(last, 'nobody', 'up'))).toBe(null)
})

test('priorities put the groups in their order, and only changed ones are listed', () => {
  expect(prioritiesOfGroups(three)).toEqual(new Map())
  const wanted = [[provider('c', 100)], [provider('a', 100), provider('b', 100)], [provider('d', 30)]]
  expect(prioritiesOfGroups(wanted)).toEqual(
    new Map([
      ['c', 10],
      ['a', 20],
      ['b', 20],
    ]),
  )
})

test('fixed priorities stay, and the others find room around them', () => {
  const fixed = provider('f', 100, true)
  const other = provider('g', 103, true)
  expect(movedInGroups([[fixed], [provider('a', 200)]], 'f', 'down')).toBe(null)
  const wanted = [
    [provider('a', 100)],
    [fixed],
    [provider('b', 5)],
    [provider('c', 5)],
    [other],
    [provider('d', 1)],
  ]
  expect(prioritiesOfGroups(wanted)).toEqual(
    new Map([
      ['a', 90],
      ['b', 101],
      ['c', 102],
      ['d', 113],
    ]),
  )
  const joined = [[fixed, provider('a', 7)]]
  expect(prioritiesOfGroups(joined)).toEqual(new Map([['a', 100]]))
})

test.each([
  [
    'no whole number is between two fixed ones',
    [[provider('f', 1, true)], [provider('a', 1)], [provider('g', 2, true)]],
  ],
  ['two fixed ones are to be equal', [[provider('f', 1, true), provider('g', 2, true)], [provider('a', 0)]]],
  ['fixed ones are in another order', [[provider('g', 2, true)], [provider('f', 1, true)]]],
  ['a priority would be too low', [[provider('a', 0)], [provider('f', -1_000_000, true)]]],
])('there is no such order if %s', (_, groups) => {
  expect(prioritiesOfGroups(groups)).toBe(null)
})
