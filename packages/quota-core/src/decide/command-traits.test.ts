import { expect, test } from 'vitest'
import type { Command } from '../domain/command.js'
import { traitsOf } from './command-traits.js'
import { concernedAttempts } from './needs/concerned-attempts.js'

const ofCalls: readonly Command['type'][] = [
  'reserve',
  'acquire',
  'record',
  'commit',
  'release',
  'extend',
  'observe',
]
const others: readonly Command['type'][] = [
  'expire',
  'learnLimits',
  'upsertProvider',
  'upsertSubject',
  'removeSubject',
  'setProviderEnabled',
  'retryProvider',
  'retryKey',
  'resetUsage',
]

test('what calls make shares its batch with others, as nothing may that reads the ledger', () => {
  for (const type of ofCalls)
    expect(traitsOf({ type }), type).toMatchObject({ isOfCall: true, goesAlone: false })
  for (const type of others) expect(traitsOf({ type }).isOfCall, type).toBe(false)
  expect(others.filter(type => !traitsOf({ type }).goesAlone)).toEqual([
    'setProviderEnabled',
    'retryProvider',
    'retryKey',
  ])
})

test('who makes an attempt names it by its own id', () => {
  const id = '0190a3c4-5d6e-7f80-9123-456789abcdef'
  // Of each command the ids alone are looked at.
  const named = (type: Command['type']) =>
    ({ type, id, reservationId: 'other', attempts: [], candidates: [] }) as unknown as Command
  for (const type of [...ofCalls, ...others]) {
    expect(concernedAttempts(named(type)).includes(id), type).toBe(traitsOf({ type }).makesAttempt)
  }
})
