import { describe, expect, it, test } from 'vitest'
import { refusal } from '../../tests/refused-input.js'
import { limitsSchema } from './limit-input.js'
import { parse } from './parse.js'
import { poolSchema, providerSchema } from './provider-input.js'

const most = Number.MAX_SAFE_INTEGER

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
