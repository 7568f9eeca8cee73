import { expect, test } from 'vitest'
import { callerOf } from './caller.js'
import { SharedBound } from './shared-bound.js'

/** How many more of one unit each a caller is given. */
function fill(bound: SharedBound, caller: string | null): number {
  let count = 0
  while (bound.take({ caller, amount: 1 })) count++
  return count
}

test('a caller stops at four fifths, and each that comes later has a part of the rest', () => {
  const bound = new SharedBound(1_000)
  expect([fill(bound, 'a'), fill(bound, 'b'), fill(bound, 'c')]).toEqual([800, 160, 32])
  expect(fill(bound, 'a')).toBe(0)
  // Nobody's calls are the operator's, up to the bound itself.
  expect(fill(bound, null)).toBe(8)
  expect(bound.taken).toBe(1_000)
})

test('what is given back is there for the others first', () => {
  const bound = new SharedBound(1_000)
  fill(bound, 'a')
  fill(bound, 'b')
  bound.giveBack('a', 400)
  // 440 are free: b may have four times what it leaves.
  expect(fill(bound, 'b')).toBe(320)
  expect(fill(bound, 'a')).toBe(16)
  bound.giveBack('a', 416)
  bound.giveBack('b', 480)
  expect(bound.taken).toBe(0)
  expect(fill(bound, 'a')).toBe(800)
})

test('a single call may have all that is free, however it grows, and no second one of its caller', () => {
  const bound = new SharedBound(100)
  expect(bound.take({ caller: 'a', amount: 60 })).toBe(true)
  expect(bound.take({ caller: 'a', amount: 35, before: 60 })).toBe(true)
  expect(bound.take({ caller: 'a', amount: 1 })).toBe(false)
  expect(bound.take({ caller: 'b', amount: 5 })).toBe(true)
  expect(bound.take({ caller: 'c', amount: 1 })).toBe(false)
})

test('calls of one kind leave room for those of the other, of other callers too', () => {
  const bound = new SharedBound(100, 80)
  const small = (caller: string): boolean => bound.take({ caller, amount: 8 })
  const large = (caller: string): boolean => bound.take({ caller, amount: 16, atMost: 80 })
  expect(Array.from({ length: 9 }, () => small('a'))).toEqual([...Array(8).fill(true), false])
  expect([large('b'), large('b'), large('c')]).toEqual([true, false, false])
  expect([small('c'), small('c'), small('d')]).toEqual([true, false, true])
})

test('the caller is the consumer of the token, else the one that the operator names', () => {
  expect(callerOf({ tokenConsumer: 'acme', consumer: 'acme app' })).toBe('acme')
  expect(callerOf({ tokenConsumer: null, consumer: 'globex' })).toBe('globex')
  expect(callerOf({ tokenConsumer: null, consumer: '' })).toBeNull()
})
