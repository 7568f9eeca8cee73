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
  'setEnabled',
  'retryProvider',
  'retryKey',
  'resetUsage',
]

test('commands of calls share batches, and commands that read the ledger do not', () => {
  for (const type of ofCalls)
    expect(traitsOf({ type }), type).toMatchObject({ isOfCall: true, goesAlone: false })
  for (const type of others) expect(traitsOf({ type }).isOfCall, type).toBe(false)
  expect(others.filter(type => !traitsOf({ type }).goesAlone)).toEqual([
    'setEnabled',
    'retryProvider',
    'retryKey',
  ])
})

test('commands that create an attempt name it by their own id', () => {
  const id = '0190a3c4-5d6e-7f80-9123-456789abcdef'
  // Only the ids of each command are read.
  const named = (type: Command['type']) =>
    ({ type, id, reservationId: 'other', attempts: [], candidates: [] }) as unknown as Command
  for (const type of [...ofCalls, ...others]) {
    expect(concernedAttempts(named(type)).includes(id), type).toBe(traitsOf({ type }).makesAttempt)
  }
})
