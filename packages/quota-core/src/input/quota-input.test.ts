import { describe, expect, it } from 'vitest'
import { refusal } from '../../tests/refused-input.js'
import { parse } from './parse.js'
import { acquireSchema, commitSchema, extendSchema, reserveSchema } from './quota-input.js'

const id = '01234567-89ab-4def-8123-456789abcdef'

describe('reservations', () => {
  it('are kept for 1 to 86,400 seconds', () => {
    expect(parse(reserveSchema, { providerName: 'a' }).ttlMs).toBe(600_000)
    for (const ttlSeconds of [0, -1, 1.5, 86_401, Number.NaN, '60']) {
      expect(refusal(reserveSchema, { providerName: 'a', ttlSeconds }).field).toBe('ttlSeconds')
      expect(refusal(extendSchema, { reservationId: id, ttlSeconds }).field).toBe('ttlSeconds')
    }
  })

  it('have an atLeast of at most the counts', () => {
    const error = refusal(reserveSchema, {
      providerName: 'a',
      characterCount: 5,
      atLeast: { characterCount: 6 },
    })
    expect(error).toMatchObject({ field: 'atLeast.characterCount' })
    expect(error.message).toMatch(/not be more than characterCount/)
  })

  it('choose among 1 to 100 candidates, whose model takes precedence', () => {
    const candidates = [{ providerName: 'a' }, { providerName: 'b', model: 'own' }]
    expect(parse(acquireSchema, { candidates, model: 'x' }).candidates).toEqual([
      { providerName: 'a', model: 'x' },
      { providerName: 'b', model: 'own' },
    ])
    expect(parse(acquireSchema, {}).candidates).toBe(null)
    expect(refusal(acquireSchema, { candidates: [] })).toMatchObject({ field: 'candidates' })
    expect(
      refusal(acquireSchema, { candidates: Array.from({ length: 101 }, () => ({ providerName: 'a' })) })
        .field,
    ).toBe('candidates')
    expect(refusal(acquireSchema, { candidates: [{ providerName: '' }] }).field).toBe(
      'candidates.0.providerName',
    )
    expect(refusal(acquireSchema, { strategy: 'random' }).field).toBe('strategy')
  })

  it('have one of four outcomes', () => {
    expect(refusal(commitSchema, { reservationId: id, outcome: 'ok' }).field).toBe('outcome')
    expect(refusal(commitSchema, { reservationId: id, estimated: 1 }).field).toBe('estimated')
  })
})
