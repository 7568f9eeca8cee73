import { describe, expect, it, test } from 'vitest'
import { refusal } from '../../tests/refused-input.js'
import { countNames } from '../domain/counts.js'
import { countsSchema } from './counts-input.js'
import { parse } from './parse.js'
import { acquireSchema, commitSchema, reserveSchema } from './quota-input.js'
import { recordSchema } from './usage-input.js'

const id = '01234567-89ab-4def-8123-456789abcdef'
const most = Number.MAX_SAFE_INTEGER

describe('counts', () => {
  const bad: readonly unknown[] = [
    -1,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    most + 1,
    1e308,
    '12',
    null,
    true,
    [],
    1n,
  ]

  test.each(countNames)('%s must be a whole number from 0 to 2^53 − 1, and an error names it', name => {
    for (const value of bad) {
      for (const [schema, rest] of [
        [countsSchema, {}],
        [recordSchema, { providerName: 'a' }],
        [reserveSchema, { providerName: 'a' }],
        [acquireSchema, {}],
        [commitSchema, { reservationId: id }],
      ] as const) {
        const error = refusal(schema, { ...rest, [name]: value })
        expect(error).toMatchObject({ code: 'INVALID_INPUT', field: name })
        expect(error.message, String(value)).toMatch(/must (not be negative|be (a whole number|at most))/)
      }
    }
  })

  it('are 1 request and nothing else unless given', () => {
    expect(parse(countsSchema, {})).toStrictEqual({
      requestCount: 1,
      characterCount: 0,
      inputTokenCount: 0,
      outputTokenCount: 0,
      cachedInputTokenCount: 0,
      costMicroUsd: 0,
      audioSecondCount: 0,
    })
    expect(parse(countsSchema, { requestCount: 0, characterCount: most })).toMatchObject({
      requestCount: 0,
      characterCount: most,
    })
  })

  it('of a negative zero are zero', () => {
    const counts = parse(countsSchema, { requestCount: -0, characterCount: -0 })
    expect(Object.is(counts.requestCount, 0) && Object.is(counts.characterCount, 0)).toBe(true)
  })

  it('may be undefined, which is absent', () => {
    expect(parse(countsSchema, { requestCount: undefined, characterCount: undefined })).toMatchObject({
      requestCount: 1,
      characterCount: 0,
    })
  })

  it('that contradict each other or overflow together are refused', () => {
    expect(refusal(countsSchema, { inputTokenCount: 1, cachedInputTokenCount: 2 }).field).toBe(
      'cachedInputTokenCount',
    )
    expect(refusal(countsSchema, { inputTokenCount: most, outputTokenCount: 1 }).field).toBe(
      'outputTokenCount',
    )
  })
})

describe('costs', () => {
  it('are stated by a number or a known price, unknown if said so, and else unstated', () => {
    const basisOf = (cost: object) => parse(reserveSchema, { providerName: 'a', ...cost }).costBasis
    expect([{}, { costMicroUsd: 0 }, { priceKnown: true }].map(basisOf)).toEqual([
      'unstated',
      'stated',
      'stated',
    ])
    expect([{ priceKnown: false }, { priceKnown: false, costMicroUsd: 5 }].map(basisOf)).toEqual([
      'unknown',
      'unknown',
    ])
  })

  it('of a candidate replace those of the request, part by part', () => {
    const { candidates } = parse(acquireSchema, {
      costMicroUsd: 9,
      atLeast: { costMicroUsd: 4 },
      candidates: [
        { providerName: 'a' },
        { providerName: 'b', costMicroUsd: 20 },
        { providerName: 'c', atLeastCostMicroUsd: 2 },
        { providerName: 'd', priceKnown: false },
      ],
    })
    expect(candidates?.map(({ cost }) => cost)).toEqual([
      undefined,
      { costMicroUsd: 20, atLeastMicroUsd: 4, basis: 'stated' },
      { costMicroUsd: 9, atLeastMicroUsd: 2, basis: 'stated' },
      { costMicroUsd: 9, atLeastMicroUsd: 4, basis: 'unknown' },
    ])
    const tooLittle = { atLeast: { costMicroUsd: 4 }, costMicroUsd: 9 }
    expect(
      refusal(acquireSchema, { ...tooLittle, candidates: [{ providerName: 'a', costMicroUsd: 3 }] }).field,
    ).toBe('candidates.0.atLeastCostMicroUsd')
  })
})
