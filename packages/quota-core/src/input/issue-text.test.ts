import { describe, expect, it, test } from 'vitest'
import { refusal } from '../../tests/refused-input.js'
import { grantSchema } from './grant-input.js'
import { providerSchema, setEnabledSchema } from './provider-input.js'
import { acquireSchema, commitSchema } from './quota-input.js'
import { ledgerSchema, recordSchema, summarySchema } from './usage-input.js'

const id = '01234567-89ab-4def-8123-456789abcdef'
const days = { from: '2026-11-25', to: '2026-11-25' }

describe('a refusal names the field and what it must be, in words that are not zod’s', () => {
  test.each([
    [recordSchema, {}, 'providerName: is missing; it must be text'],
    [recordSchema, { providerName: null }, 'providerName: must be text'],
    [recordSchema, { providerName: 5 }, 'providerName: must be text: put it in quotes'],
    [recordSchema, { providerName: 'a', metadata: [] }, 'metadata: must be an object'],
    [
      recordSchema,
      { providerName: 'a', charcterCount: 1 },
      'charcterCount: is not a known field; check its spelling, or leave it out',
    ],
    [setEnabledSchema, { name: 'a', enabled: 'no' }, 'enabled: must be true or false'],
    [providerSchema, { name: 'a', limits: {} }, 'limits: must be a list'],
    [providerSchema, { name: 'a', priority: 1.5 }, 'priority: must be a whole number'],
    [providerSchema, { name: 'a', priority: 1e6 + 1 }, 'priority: must be at most 1000000'],
    [providerSchema, { name: 'a', models: [] }, 'models: must have at least 1 entry'],
    [providerSchema, { name: 'a', onlyIf: 'maybe' }, 'onlyIf: must be one of exists, absent'],
    [ledgerSchema, { pageSize: 0 }, 'pageSize: must be at least 1'],
    [ledgerSchema, { pageSize: Number.NaN }, 'pageSize: must be a number'],
    [ledgerSchema, { cursor: 'x'.repeat(501) }, 'cursor: must have at most 500 characters'],
    [summarySchema, days, 'groupBy: is missing; it must be a list'],
    [
      acquireSchema,
      { candidates: Array(101).fill({ providerName: 'a' }) },
      'candidates: must have at most 100 entries',
    ],
    [
      commitSchema,
      { reservationId: id, outcome: 'ok' },
      'outcome: must be one of succeeded, refused, failed, aborted',
    ],
    [grantSchema, { subject: 'a' }, 'subject: must be an object'],
  ] as const)('%#', (schema, input, message) => expect(refusal(schema, input).message).toBe(message))
})

it('a key that is a symbol is refused like any other', () => {
  const metadata = { [Symbol('hidden')]: 1 }
  expect(refusal(recordSchema, { providerName: 'a', metadata })).toMatchObject({
    code: 'INVALID_INPUT',
    field: 'metadata.Symbol(hidden)',
  })
})
