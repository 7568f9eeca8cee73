import { describe, expect, it, test } from 'vitest'
import type { z } from 'zod'
import { refusal } from '../../tests/refused-input.js'
import { countsSchema } from './counts-input.js'
import { parse } from './parse.js'
import { nameInputSchema, poolSchema, providerSchema, setEnabledSchema } from './provider-input.js'
import { acquireSchema, commitSchema, extendSchema, releaseSchema, reserveSchema } from './quota-input.js'
import { alertsSchema, historySchema, ledgerSchema, recordSchema, summarySchema } from './usage-input.js'

const id = '01234567-89ab-4def-8123-456789abcdef'

describe('unknown fields are refused by name', () => {
  test.each([
    ['counts', countsSchema, {}],
    ['record', recordSchema, { providerName: 'a' }],
    ['reserve', reserveSchema, { providerName: 'a' }],
    ['acquire', acquireSchema, {}],
    ['commit', commitSchema, { reservationId: id }],
    ['release', releaseSchema, { reservationId: id }],
    ['extend', extendSchema, { reservationId: id }],
    ['provider', providerSchema, { name: 'a' }],
    ['pool', poolSchema, { name: 'a' }],
    ['name', nameInputSchema, { name: 'a' }],
    ['setEnabled', setEnabledSchema, { name: 'a', enabled: true }],
    ['history', historySchema, { from: '2026-11-25', to: '2026-11-25' }],
    ['summary', summarySchema, { from: '2026-11-25', to: '2026-11-25', groupBy: [] }],
    ['ledger', ledgerSchema, {}],
    ['alerts', alertsSchema, {}],
  ] as readonly (readonly [string, z.ZodType, object])[])('%s', (_, schema, input) => {
    expect(() => parse(schema, input)).not.toThrow()
    expect(refusal(schema, { ...input, charcterCount: 5 })).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'charcterCount',
    })
  })

  it('within a field, too', () => {
    const limits = [{ metric: 'requests', window: 'day', max: 1, maximum: 2 }]
    expect(refusal(providerSchema, { name: 'a', limits }).field).toBe('limits.0.maximum')
    expect(refusal(reserveSchema, { providerName: 'a', atLeast: { tokens: 1 } }).field).toBe('atLeast.tokens')
  })
})

describe('texts', () => {
  test.each(['model', 'requestId', 'consumer'])(
    '%s has no control characters or lone surrogates, and at most 200 characters',
    field => {
      const input = { providerName: 'a' }
      for (const text of ['a\u0000b', 'a\nb', '\ud83d', '\ude00\ud83d', '', 'x'.repeat(201), 7]) {
        expect(refusal(recordSchema, { ...input, [field]: text }).field).toBe(field)
        expect(refusal(reserveSchema, { ...input, [field]: text }).field).toBe(field)
      }
      expect(() => parse(recordSchema, { ...input, [field]: `'; DROP TABLE x; -- 😀 é \\ "` })).not.toThrow()
      expect(() => parse(recordSchema, { ...input, [field]: 'x'.repeat(200) })).not.toThrow()
    },
  )
})

describe('ids', () => {
  it('are UUIDs of any version and letter case, stored in lower case', () => {
    expect(parse(recordSchema, { providerName: 'a', id: id.toUpperCase() }).id).toBe(id)
    expect(parse(releaseSchema, { reservationId: '00000000-0000-0000-0000-000000000000' })).toBeTruthy()
  })

  test.each(['', 'chatcmpl-123', `${id} `, id.slice(1), `{${id}}`, 12])('%j is not valid', bad => {
    const error = refusal(recordSchema, { providerName: 'a', id: bad })
    expect(error.field).toBe('id')
    expect(error.message).toMatch(/must be a UUID|must be text/)
    expect(refusal(commitSchema, { reservationId: bad }).field).toBe('reservationId')
  })
})

it('an error keeps its cause, and an error of the whole input names no field', () => {
  const error = refusal(recordSchema, null)
  expect(error).toMatchObject({ code: 'INVALID_INPUT', field: null, isRetryable: false })
  expect(error.cause).toBeDefined()
})
