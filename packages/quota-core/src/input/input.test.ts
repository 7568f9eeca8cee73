import { describe, expect, it, test } from 'vitest'
import type { z } from 'zod'
import { countNames } from '../domain/counts.js'
import { QuotaError } from '../domain/quota-error.js'
import { countsSchema } from './counts-input.js'
import { limitsSchema } from './limit-input.js'
import { metadataSchema } from './metadata-input.js'
import { parse } from './parse.js'
import { nameInputSchema, poolSchema, providerSchema, setEnabledSchema } from './provider-input.js'
import { acquireSchema, commitSchema, extendSchema, releaseSchema, reserveSchema } from './quota-input.js'
import {
  alertsSchema,
  historySchema,
  ledgerSchema,
  recordSchema,
  resetSchema,
  summarySchema,
} from './usage-input.js'

const id = '01234567-89ab-4def-8123-456789abcdef'
const most = Number.MAX_SAFE_INTEGER

/** The error of an invalid input. */
function refusal(schema: z.ZodType, input: unknown): QuotaError {
  try {
    parse(schema, input)
  } catch (error) {
    if (error instanceof QuotaError) return error
    throw error
  }
  throw new Error(`accepted: ${JSON.stringify(input)}`)
}

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

test('the days of a ledger are both given or neither, in order', () => {
  const days = { from: '2026-11-25', to: '2026-11-26' }
  expect(parse(ledgerSchema, days)).toMatchObject({ days })
  expect('days' in parse(ledgerSchema, {})).toBe(false)
  expect(refusal(ledgerSchema, { from: days.from }).field).toBe('to')
  expect(refusal(ledgerSchema, { to: days.to }).field).toBe('from')
  expect(refusal(ledgerSchema, { from: days.to, to: days.from }).field).toBe('to')
})

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

describe('names', () => {
  test.each(['groq_1', 'a', 'Groq 1', 'org:key-1@eu.west+2', 'кирилл', '日本', 'x'.repeat(100)])(
    '%j is one',
    name => {
      expect(parse(nameInputSchema, { name }).name).toBe(name)
    },
  )

  test.each([
    '',
    ' a',
    '_a',
    'a/b',
    'a\u0000',
    'a\nb',
    'a\u001b[31m',
    'a\u007f',
    'a\u0085',
    'a\u2028',
    'a\u200bb',
    'a\ud83d',
    "a'; --",
    'a"b',
    'x'.repeat(101),
    42,
    null,
    {},
  ])('%j is not valid', name => {
    expect(refusal(nameInputSchema, { name })).toMatchObject({ code: 'INVALID_INPUT', field: 'name' })
    expect(refusal(recordSchema, { providerName: name }).field).toBe('providerName')
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
    expect(error.message).toMatch(/must be a UUID|expected string/)
    expect(refusal(commitSchema, { reservationId: bad }).field).toBe('reservationId')
  })
})

describe('limits', () => {
  const daily = { metric: 'requests', window: 'day', max: 10 } as const

  it('have ids that describe them', () => {
    const ids = parse(limitsSchema, [
      daily,
      { metric: 'tokens', window: 'rolling-60s', max: 1 },
      { metric: 'requests', window: 'day', max: 1, model: 'llama-*' },
      { metric: 'cost', window: 'month', max: 1, per: 'model' },
      { metric: 'requests', window: 'total', max: 1 },
      { metric: 'concurrency', max: 1 },
      { metric: 'concurrency', window: null, max: 1, model: 'llama-*' },
      { ...daily, id: 'mine', mode: 'shadow', countsCached: false },
    ])
    expect(ids.map(limit => limit.id)).toEqual([
      'requests/day',
      'tokens/rolling-60s',
      'requests/day@llama-*',
      'cost/month@*',
      'requests/total',
      'concurrency',
      'concurrency@llama-*',
      'mine',
    ])
    expect(ids[3]).toMatchObject({ model: '*', per: 'model', mode: 'enforce', countsCached: true })
  })

  test.each([
    ['max', { ...daily, max: -1 }],
    ['max', { ...daily, max: 1.5 }],
    ['max', { ...daily, max: Number.NaN }],
    ['max', { ...daily, max: most + 1 }],
    ['max', { ...daily, max: '10' }],
    ['max', { metric: 'requests', window: 'day' }],
    ['max', { ...daily, window: 'rolling-1d', max: 0 }],
    ['max', { ...daily, window: 'rolling-1d', max: null }],
    ['window', { ...daily, window: 'fortnight' }],
    ['window', { metric: 'requests', max: 1 }],
    ['window', { ...daily, window: null }],
    ['window', { metric: 'concurrency', window: 'day', max: 1 }],
    ['window', { ...daily, window: 'rolling-0s' }],
    ['window', { ...daily, window: 'rolling-32d' }],
    ['metric', { ...daily, metric: 'words' }],
    ['mode', { ...daily, mode: 'off' }],
    ['per', { ...daily, per: 'day' }],
    ['model', { ...daily, model: '' }],
    ['model', { ...daily, model: 'a\u0000' }],
    ['id', { ...daily, id: 'a\n' }],
    ['countsCached', { ...daily, countsCached: 'no' }],
  ])('with a wrong %s are refused', (field, limit) => {
    expect(refusal(limitsSchema, [daily, limit]).field).toBe(`1.${field}`)
    const input = { name: 'a', limits: [daily, limit] }
    expect(refusal(providerSchema, input)).toMatchObject({
      code: 'INVALID_INPUT',
      field: `limits.1.${field}`,
    })
    expect(refusal(poolSchema, input).field).toBe(`limits.1.${field}`)
  })

  it('may be 0 (allow nothing) or null (no limit)', () => {
    const limits = [daily, { ...daily, id: 'none', max: 0 }, { ...daily, id: 'free', max: null }]
    expect(parse(limitsSchema, limits).map(limit => limit.max)).toEqual([10, 0, null])
    expect(Object.is(parse(limitsSchema, [{ ...daily, max: -0 }])[0]?.max, 0)).toBe(true)
  })

  it('with equal ids are refused, and the error states what to do', () => {
    const error = refusal(providerSchema, { name: 'a', limits: [daily, { ...daily, max: 20 }] })
    expect(error.field).toBe('limits.1.id')
    expect(error.message).toMatch(/requests\/day.*twice.*another id/)
  })

  it('are at most a hundred', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...daily, id: `l${index}` }))
    expect(parse(limitsSchema, many(100))).toHaveLength(100)
    expect(refusal(providerSchema, { name: 'a', limits: many(101) })).toMatchObject({ field: 'limits' })
  })
})

describe('settings', () => {
  test.each([
    ['timeZone', 'Mars/Olympus'],
    ['timeZone', ''],
    ['monthStartsOn', 0],
    ['monthStartsOn', 32],
    ['monthStartsOn', 1.5],
    ['monthStartsOn', '1'],
    ['dayStartsAt', '24:00'],
    ['dayStartsAt', '2:30'],
    ['dayStartsAt', '02:30:00'],
    ['models', []],
    ['models.0', ['']],
    ['thresholdsPercent.0', [0]],
    ['thresholdsPercent.0', [80.5]],
    ['thresholdsPercent.1', [80, 1_001]],
    ['thresholdsPercent', Array.from({ length: 11 }, (_, index) => index + 1)],
    ['priority', 1.5],
    ['onExpiry', 'forget'],
    ['vendor', ''],
    ['pool', 'a/b'],
    ['metadata', 'text'],
    ['metadata', []],
  ])('%s of %j is refused', (field, value) => {
    const key = field.split('.')[0] ?? ''
    expect(refusal(providerSchema, { name: 'a', [key]: value })).toMatchObject({
      code: 'INVALID_INPUT',
      field,
    })
  })

  it('have errors that state what to do', () => {
    expect(refusal(providerSchema, { name: 'a', timeZone: 'x' }).message).toMatch(/America\/Los_Angeles/)
    expect(refusal(providerSchema, { name: 'a', dayStartsAt: 'x' }).message).toMatch(/00:00/)
    expect(refusal(limitsSchema, [{ metric: 'requests', window: 'x', max: 1 }]).message).toMatch(
      /rolling-60s/,
    )
  })

  it('that are absent stay undefined, and null removes a provider from its pool', () => {
    expect(parse(providerSchema, { name: 'a' })).toMatchObject({
      limits: undefined,
      pool: undefined,
      timeZone: undefined,
    })
    expect(parse(providerSchema, { name: 'a', pool: null }).pool).toBe(null)
  })
})

describe('metadata', () => {
  const refused = (metadata: unknown) => {
    expect(refusal(metadataSchema, metadata)).toMatchObject({ code: 'INVALID_INPUT', field: null })
    const error = refusal(recordSchema, { providerName: 'a', metadata })
    expect(error.field).toMatch(/^metadata/)
    return error.message
  }

  test.each([
    ['U+0000 in a value', { t: 'a\u0000b' }],
    ['U+0000 in a key', { 'a\u0000b': 1 }],
    ['U+0000 deep inside', { a: [{ b: { c: '\u0000' } }] }],
    ['U+0000 after a backslash', { a: '\\\u0000' }],
    ['a lone high surrogate', { t: '\ud83d' }],
    ['a lone low surrogate', { t: 'a\ude00' }],
    ['a lone surrogate in a key', { '\ud83d': 1 }],
    ['a lone surrogate after a backslash', { a: '\\\ud83d' }],
  ])('with %s is refused', (_, metadata) => {
    expect(refused(metadata)).toMatch(/U\+0000|lone surrogates/)
  })

  test.each([
    ['NaN', { a: Number.NaN }],
    ['infinity', { a: [Number.POSITIVE_INFINITY] }],
    ['undefined', { a: undefined }],
    ['a function', { a: () => 1 }],
    ['a bigint', { a: 1n }],
    ['a symbol', { a: Symbol('a') }],
    ['a date', { a: new Date(0) }],
    ['a map', { a: new Map() }],
  ])('with %s is refused, since JSON would not return it', (_, metadata) => {
    expect(refused(metadata)).toMatch(/plain JSON/)
  })

  it('of 16 KiB is accepted, a byte more is refused; bytes count, not characters', () => {
    const ofBytes = (count: number) => ({ a: 'x'.repeat(count - '{"a":""}'.length) })
    expect(() => parse(metadataSchema, ofBytes(16_384))).not.toThrow()
    expect(refused(ofBytes(16_385))).toMatch(/16 KiB/)
    expect(refused({ a: 'é'.repeat(9_000) })).toMatch(/16 KiB/)
  })

  it('of 16 levels is accepted, deeper is refused', () => {
    const nested = (levels: number): Record<string, unknown> =>
      levels === 0 ? {} : { a: nested(levels - 1) }
    expect(() => parse(metadataSchema, nested(15))).not.toThrow()
    expect(refused(nested(16))).toMatch(/16 levels/)
    expect(refused(nested(5_000))).toMatch(/16 levels/)
  })

  it('that is circular or huge by repetition is refused quickly', () => {
    const endless: Record<string, unknown> = {}
    endless['self'] = endless
    expect(refused(endless)).toMatch(/levels/)
    let wide: unknown = 'x'
    for (let level = 0; level < 14; level++) wide = Array.from({ length: 20 }, () => wide)
    expect(refused({ wide })).toMatch(/16 KiB/)
  })

  it('may contain anything, and is returned unchanged', () => {
    const odd = {
      "a' OR '1'='1": 'x"; DROP TABLE usage;--',
      '\\u0000': '\\ud83d, which is only text',
      '': [null, true, 1.5, -0.1, '😀\u2028\u200b'],
    }
    expect(parse(metadataSchema, odd)).toEqual(odd)
  })
})

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

describe('instants and days', () => {
  test.each([
    ['2026-08-01T00:00:00+09:00', '2026-07-31T15:00:00.000Z'],
    ['2026-11-25T12:00:00Z', '2026-11-25T12:00:00.000Z'],
    ['2026-11-25T12:00:00.5Z', '2026-11-25T12:00:00.500Z'],
  ])('%s is %s, offset and all', (text, instant) => {
    const { occurredAtMs } = parse(recordSchema, { providerName: 'a', occurredAt: text })
    expect(new Date(occurredAtMs ?? 0).toISOString()).toBe(instant)
  })

  test.each([
    '2026-11-25',
    '2026-11-25T12:00:00',
    '2026-02-30T00:00:00Z',
    '1790985600',
    'now',
    '',
    1_790_985_600_000,
  ])('%j is not an instant', occurredAt =>
    expect(refusal(recordSchema, { providerName: 'a', occurredAt }).field).toBe('occurredAt'),
  )

  test.each(['2026-02-29', '2026-11-31', '25-11-2026', '2026-11-25T00:00:00Z', '', 20261125])(
    '%j is not a day',
    from => {
      expect(refusal(historySchema, { from, to: '2026-12-31' }).field).toBe('from')
    },
  )

  it('a range must not end before it starts', () => {
    expect(refusal(historySchema, { from: '2026-11-26', to: '2026-11-25' }).field).toBe('to')
    expect(refusal(summarySchema, { from: '2026-11-26', to: '2026-11-25', groupBy: [] }).field).toBe('to')
  })

  it('pages hold 1 to 10,000 rows', () => {
    for (const pageSize of [0, 10_001, 1.5])
      expect(refusal(ledgerSchema, { pageSize }).field).toBe('pageSize')
    expect(parse(ledgerSchema, {})).toMatchObject({ pageSize: 100, cursor: null })
    expect(refusal(ledgerSchema, { state: 'reserved' })).toMatchObject({ field: 'state' })
  })
})

describe('a reset', () => {
  test.each([[{}], [{ all: false }], [{ providerName: 'a', all: true }], [null], ['all']])(
    'of %j is refused',
    input => {
      expect(refusal(resetSchema, input).message).toMatch(/providerName.*all: true/)
    },
  )

  it('is of one provider or of all', () => {
    expect(parse(resetSchema, { all: true })).toEqual({ all: true })
    expect(parse(resetSchema, { providerName: 'a' })).toEqual({ providerName: 'a' })
  })
})

it('an error keeps its cause, and an error of the whole input names no field', () => {
  const error = refusal(recordSchema, null)
  expect(error).toMatchObject({ code: 'INVALID_INPUT', field: null, isRetryable: false })
  expect(error.cause).toBeDefined()
})
