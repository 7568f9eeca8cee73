import { expect, test } from 'vitest'
import { MemoryBudget } from './memory-budget.js'

const mib = 1_048_576

test('grants never exceed the budget, and shares are returned once', () => {
  const budget = new MemoryBudget(10 * mib)
  const [first, second] = [budget.open(null), budget.open(null)]
  expect(first.growTo(8 * mib)).toBe(true)
  expect(second.growTo(3 * mib)).toBe(false)
  expect(budget.takenBytes).toBe(8 * mib)
  expect(first.growTo(5 * mib)).toBe(true)
  expect(second.growTo(2 * mib)).toBe(true)
  first.close()
  first.close()
  expect(budget.takenBytes).toBe(2 * mib)
  second.close()
  expect(budget.takenBytes).toBe(0)
})

test('large shares leave room for small ones', () => {
  const budget = new MemoryBudget(100 * mib)
  expect(budget.couldGive(81 * mib)).toBe(false)
  expect(budget.open(null).growTo(80 * mib)).toBe(true)
  expect(budget.open(null).growTo(5 * mib)).toBe(false)
  for (let times = 0; times < 5; times++) expect(budget.open(null).growTo(4 * mib)).toBe(true)
  expect(budget.open(null).growTo(1)).toBe(false)
})

test('a small budget serves only small shares', () => {
  const budget = new MemoryBudget(mib)
  expect([budget.couldGive(mib), budget.couldGive(mib + 1)]).toEqual([true, false])
  expect(budget.open(null).growTo(mib)).toBe(true)
})
