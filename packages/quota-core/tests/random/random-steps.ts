import type { Limit } from '@quotakeeper/quota-core'
import fc from 'fast-check'

/** The models of random calls. */
export const models: readonly string[] = ['m-1', 'm-2', 'x']

/** The providers of a random run; the first two share a pool. */
export const providerNames: readonly string[] = ['a', 'b', 'c']

/** Consumers; each is the parent of the next. Calls are for a team or an unknown consumer. */
export const teamNames: readonly string[] = ['all', 'web']

export interface RandomCounts {
  readonly requestCount: number
  readonly characterCount: number
  readonly inputTokenCount: number
  readonly outputTokenCount: number
  readonly cachedInputTokenCount: number
  readonly costMicroUsd: number
  readonly audioSecondCount: number
}

/** One step. `pick` selects among what exists by then. */
export type RandomStep =
  | {
      readonly kind: 'reserve'
      readonly provider: number
      readonly model: number
      readonly counts: RandomCounts
      readonly atLeast: boolean
      readonly ttlMs: number
    }
  | {
      readonly kind: 'acquire'
      readonly model: number
      readonly counts: RandomCounts
      readonly strategy: number
      readonly ttlMs: number
    }
  | { readonly kind: 'commit'; readonly pick: number; readonly counts: RandomCounts; readonly any: boolean }
  | { readonly kind: 'release'; readonly pick: number; readonly any: boolean }
  | { readonly kind: 'extend'; readonly pick: number; readonly ttlMs: number }
  | {
      readonly kind: 'record'
      readonly provider: number
      readonly model: number
      readonly counts: RandomCounts
      readonly agoMs: number
    }
  | { readonly kind: 'repeat'; readonly pick: number }
  | { readonly kind: 'reset'; readonly provider: number }
  | { readonly kind: 'expire'; readonly provider: number | null }
  | {
      readonly kind: 'tell'
      readonly provider: number
      readonly model: number
      readonly limit: number
      readonly used: number
    }
  | {
      readonly kind: 'team'
      readonly team: number
      readonly what: 'reset' | 'toggle'
      readonly limit: number
    }
  | { readonly kind: 'enable'; readonly provider: number; readonly enabled: boolean }
  | { readonly kind: 'max'; readonly provider: number; readonly limit: number; readonly max: number }
  | { readonly kind: 'toggle'; readonly provider: number; readonly limit: number }
  | {
      readonly kind: 'grant'
      readonly provider: number
      readonly limit: number
      readonly amount: number
      readonly forMs: number
    }

export interface RandomMove {
  readonly step: RandomStep
  /** Clock movement before the step. */
  readonly tickMs: number
}

export interface RandomWorld {
  readonly startMs: number
  readonly zones: readonly string[]
  readonly dayStartsAt: string
  readonly monthStartsOn: number
  readonly limits: readonly (readonly Limit[])[]
  readonly moves: readonly RandomMove[]
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

const counts: fc.Arbitrary<RandomCounts> = fc
  .record({
    requestCount: fc.integer({ min: 0, max: 3 }),
    characterCount: fc.integer({ min: 0, max: 12 }),
    inputTokenCount: fc.integer({ min: 0, max: 12 }),
    outputTokenCount: fc.integer({ min: 0, max: 12 }),
    cachedInputTokenCount: fc.integer({ min: 0, max: 12 }),
    costMicroUsd: fc.constant(0),
  })
  .map(made => ({
    ...made,
    // No choice of its own, which would make other worlds of the same seeds.
    audioSecondCount: (5 * made.characterCount) % 7,
    costMicroUsd: Math.max(0, made.outputTokenCount - 4),
    cachedInputTokenCount: Math.min(made.cachedInputTokenCount, made.inputTokenCount),
  }))

const provider = fc.nat(providerNames.length - 1)
const model = fc.nat(models.length - 1)
const ttlMs = fc.constantFrom(1_000, minuteMs, 10 * minuteMs, 5 * hourMs, 24 * hourMs)
const pick = fc.nat(1_000)

const step: fc.Arbitrary<RandomStep> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('reserve' as const),
      provider,
      model,
      counts,
      atLeast: fc.boolean(),
      ttlMs,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('acquire' as const),
      model,
      counts,
      strategy: fc.nat(3),
      ttlMs,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('commit' as const), pick, counts, any: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), pick, any: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('extend' as const), pick, ttlMs }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('record' as const),
      provider,
      model,
      counts,
      agoMs: fc.constantFrom(0, 0, 1, minuteMs, 3 * hourMs, 26 * hourMs),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const), provider }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('expire' as const), provider: fc.option(provider) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('tell' as const),
      provider,
      model,
      limit: fc.nat(20),
      used: fc.integer({ min: 0, max: 40 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('team' as const),
      team: fc.nat(teamNames.length - 1),
      what: fc.constantFrom('reset', 'toggle'),
      limit: fc.nat(20),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('enable' as const), provider, enabled: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('max' as const),
      provider,
      limit: fc.nat(20),
      max: fc.integer({ min: 1, max: 40 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('toggle' as const), provider, limit: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('grant' as const),
      provider,
      limit: fc.nat(20),
      amount: fc.integer({ min: 1, max: 20 }),
      forMs: fc.constantFrom(1_000, minuteMs, hourMs, 10 * hourMs, 40 * hourMs),
    }),
  },
)

const ticksForward = [0, 0, 1, 1_000, 30_000, 5 * minuteMs, hourMs, 5 * hourMs, 13 * hourMs, 26 * hourMs]
const ticksBack = [-1, -hourMs, -30 * hourMs]

const template = { model: null, per: null, mode: 'enforce', countsCached: true } as const

/** One limit of every kind. */
const limitMenu: readonly Omit<Limit, 'max'>[] = [
  { ...template, id: 'minute', metric: 'requests', window: 'minute' },
  { ...template, id: 'hour', metric: 'requests', window: 'hour' },
  { ...template, id: 'day', metric: 'characters', window: 'day' },
  { ...template, id: 'month', metric: 'tokens', window: 'month' },
  { ...template, id: 'short', metric: 'requests', window: 'rolling-60s' },
  { ...template, id: 'long', metric: 'tokens', window: 'rolling-1d', countsCached: false },
  { ...template, id: 'input', metric: 'inputTokens', window: 'hour', countsCached: false },
  { ...template, id: 'glob', metric: 'outputTokens', window: 'day', model: 'm-*' },
  { ...template, id: 'each', metric: 'characters', window: 'day', model: '*', per: 'model' },
  { ...template, id: 'each-long', metric: 'requests', window: 'rolling-1d', model: 'm-*', per: 'model' },
  { ...template, id: 'shadow', metric: 'requests', window: 'day', mode: 'shadow' },
  { ...template, id: 'week', metric: 'characters', window: 'week' },
  { ...template, id: 'total', metric: 'requests', window: 'total' },
  { ...template, id: 'flight', metric: 'concurrency', window: null },
  { ...template, id: 'flight-each', metric: 'concurrency', window: null, model: 'm-*', per: 'model' },
  { ...template, id: 'money', metric: 'cost', window: 'day' },
  { ...template, id: 'endless', metric: 'audioSeconds', window: 'day' },
]

const limits: fc.Arbitrary<readonly Limit[]> = fc
  .subarray([...limitMenu.keys()], { minLength: 1, maxLength: 5 })
  .chain(chosen =>
    fc
      .array(fc.integer({ min: 1, max: 30 }), { minLength: chosen.length, maxLength: chosen.length })
      .map(maxima =>
        chosen.flatMap((index, position) => {
          const kind = limitMenu[index]
          if (kind === undefined) return []
          return [{ ...kind, max: kind.id === 'endless' ? null : (maxima[position] ?? 1) }]
        }),
      ),
  )

/** Days with and without changes of clocks. */
const starts = [
  '2026-11-01T05:00:00Z', // Los Angeles sets the clock back
  '2027-03-14T07:00:00Z', // Los Angeles sets it forward
  '2026-10-03T12:00:00Z', // Lord Howe sets it forward by half an hour
  '2027-03-27T19:00:00Z', // Beirut skips midnight
  '2026-11-25T12:00:00.123Z',
  '2026-12-31T09:59:59.999Z', // Kiritimati's year begins
].map(text => Date.parse(text))

const zones = [
  'UTC',
  'America/Los_Angeles',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'Pacific/Kiritimati',
  'Asia/Kathmandu',
]

/** Generates runs. `jumpsBack`: whether the clock may jump back. */
export function randomWorld({ jumpsBack }: { readonly jumpsBack: boolean }): fc.Arbitrary<RandomWorld> {
  const tickMs = fc.constantFrom(...ticksForward, ...(jumpsBack ? ticksBack : []))
  return fc.record({
    startMs: fc.constantFrom(...starts),
    zones: fc.array(fc.constantFrom(...zones), { minLength: 6, maxLength: 6 }),
    dayStartsAt: fc.constantFrom('00:00', '00:00', '05:00'),
    monthStartsOn: fc.constantFrom(1, 1, 15, 31),
    limits: fc.array(limits, { minLength: 6, maxLength: 6 }),
    moves: fc.array(fc.record({ step, tickMs }), { minLength: 1, maxLength: 40, size: 'max' }),
  })
}
