import { describe, expect, it } from 'vitest'
import { mergeLimits, parseLimitSetting } from './limit-setting.js'
import { microDollars } from './whole-number.js'

const day = { id: 'daily', metric: 'requests', window: 'day', max: 5, mode: 'shadow' } as const

function merge(...texts: readonly string[]) {
  return mergeLimits([day], texts.map(parseLimitSetting), {})
}

describe('mergeLimits', () => {
  it('changes only the max of a limit with that id', () => {
    expect(merge('daily=7')).toEqual([{ ...day, max: 7 }])
    expect(merge('daily=none')).toEqual([{ ...day, max: null }])
  })

  it('adds a missing limit by its measure', () => {
    expect(merge('tokens/rolling-60s@llama-*=8_000')[1]).toMatchObject({
      metric: 'tokens',
      window: 'rolling-60s',
      model: 'llama-*',
      max: 8_000,
    })
    expect(merge('concurrency=5', 'concurrency@m-*=2').slice(1)).toMatchObject([
      { metric: 'concurrency', window: null, model: null, max: 5 },
      { metric: 'concurrency', window: null, model: 'm-*', max: 2 },
    ])
    expect(merge('cost/month=$20')[1]).toMatchObject({ metric: 'cost', max: 20_000_000 })
  })

  it('names a limit with a counter for each user or model, whatever its id', () => {
    const [, perUser] = merge('requests/day per user=50')
    expect(perUser).toMatchObject({ metric: 'requests', window: 'day', per: 'user', max: 50 })
    const stored = { ...day, id: 'requests/day', per: 'user' } as const
    const settings = ['requests/day per user=60', 'requests/day per model=7'].map(parseLimitSetting)
    expect(mergeLimits([stored], settings, {})).toMatchObject([
      { ...stored, max: 60 },
      { id: 'requests/day per model', per: 'model', max: 7 },
    ])
  })

  it('refuses a limit that is given twice', () => {
    expect(() => merge('daily=7', 'daily=8')).toThrow('limit "daily" is given twice: write it once')
  })

  it.each([
    'daily',
    '=5',
    'requests=5',
    'concurrency/day=5',
    'daily=',
    'daily=x',
    'daily=1.5',
    'daily=1__0',
    'daily=_1',
    'daily=1_',
    'weekly=5',
    'requests/day=9007199254740993',
  ])('refuses %s', text => {
    expect(() => merge(text)).toThrow(/^limit "/)
  })
})

describe('microDollars', () => {
  it('is exact', () => {
    expect(microDollars('1.1')).toBe(1_100_000)
    expect(microDollars('$0.000001')).toBe(1)
    expect(microDollars('1.0000001')).toBe(null)
  })
})
