import type { Counts } from '@quotakeeper/quota-core'
import fc from 'fast-check'

/** The models of random calls. */
export const models: readonly string[] = ['m-1', 'm-2', 'x']

/** The providers of a random run; the first two share a pool. */
export const providerNames: readonly string[] = ['a', 'b', 'c']

/** Registered consumers in three levels: at first, each is the parent of the next. */
export const teamNames: readonly string[] = ['all', 'web', 'chat']

/** Consumers of calls: teams, none, and a name that is not registered. */
export const consumerNames: readonly string[] = [...teamNames, '', 'nobody']

/** End users of calls; `''` for none. One is called like a model. */
export const endUsers: readonly string[] = ['', 'ann', 'm-1']

/** What every call has. */
interface RandomCall {
  readonly model: number
  readonly consumer: number
  readonly endUser: number
  readonly counts: Counts
}

/** One step. `pick` selects among what exists by then; `owner` is a provider or, after these, a team. */
export type RandomStep =
  | (RandomCall & {
      readonly kind: 'reserve'
      readonly provider: number
      readonly atLeast: boolean
      readonly ttlMs: number
    })
  | (RandomCall & { readonly kind: 'acquire'; readonly strategy: number; readonly ttlMs: number })
  | { readonly kind: 'commit'; readonly pick: number; readonly counts: Counts; readonly any: boolean }
  | { readonly kind: 'release'; readonly pick: number; readonly any: boolean }
  | { readonly kind: 'extend'; readonly pick: number; readonly ttlMs: number }
  | (RandomCall & { readonly kind: 'record'; readonly provider: number; readonly agoMs: number })
  | { readonly kind: 'repeat'; readonly pick: number }
  | { readonly kind: 'expire'; readonly provider: number | null }
  | {
      readonly kind: 'tell'
      readonly provider: number
      readonly model: number
      readonly limit: number
      readonly used: number
    }
  | { readonly kind: 'reset'; readonly owner: number }
  | { readonly kind: 'move'; readonly team: number; readonly parent: number | null }
  | { readonly kind: 'enable'; readonly owner: number; readonly enabled: boolean }
  | { readonly kind: 'max'; readonly owner: number; readonly limit: number; readonly max: number }
  | { readonly kind: 'toggle'; readonly owner: number; readonly limit: number }
  | {
      readonly kind: 'grant'
      readonly owner: number
      readonly limit: number
      readonly amount: number
      readonly forMs: number
    }

const minuteMs = 60_000
const hourMs = 60 * minuteMs

const counts: fc.Arbitrary<Counts> = fc
  .record({
    requestCount: fc.integer({ min: 0, max: 3 }),
    characterCount: fc.integer({ min: 0, max: 12 }),
    inputTokenCount: fc.integer({ min: 0, max: 12 }),
    outputTokenCount: fc.integer({ min: 0, max: 12 }),
    cachedInputTokenCount: fc.integer({ min: 0, max: 12 }),
    costMicroUsd: fc.integer({ min: -4, max: 8 }),
    audioSecondCount: fc.integer({ min: 0, max: 6 }),
  })
  .map(made => ({
    ...made,
    // Free calls are frequent, since limits on cost treat them apart.
    costMicroUsd: Math.max(0, made.costMicroUsd),
    cachedInputTokenCount: Math.min(made.cachedInputTokenCount, made.inputTokenCount),
  }))

const provider = fc.nat(providerNames.length - 1)
const owner = fc.nat(providerNames.length + teamNames.length - 1)
const team = fc.nat(teamNames.length - 1)
const limit = fc.nat(20)
const ttlMs = fc.constantFrom(1_000, minuteMs, 10 * minuteMs, 5 * hourMs, 24 * hourMs)
const pick = fc.nat(1_000)
const call = {
  model: fc.nat(models.length - 1),
  consumer: fc.nat(consumerNames.length - 1),
  endUser: fc.nat(endUsers.length - 1),
  counts,
}

function kind<const Kind extends RandomStep['kind']>(name: Kind): fc.Arbitrary<Kind> {
  return fc.constant(name)
}

/** Any step. */
export const randomStep: fc.Arbitrary<RandomStep> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: kind('reserve'), provider, ...call, atLeast: fc.boolean(), ttlMs }),
  },
  { weight: 4, arbitrary: fc.record({ kind: kind('acquire'), ...call, strategy: fc.nat(3), ttlMs }) },
  { weight: 5, arbitrary: fc.record({ kind: kind('commit'), pick, counts, any: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('release'), pick, any: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('extend'), pick, ttlMs }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kind('record'),
      provider,
      ...call,
      agoMs: fc.constantFrom(0, 0, 1, minuteMs, 3 * hourMs, 26 * hourMs),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('repeat'), pick }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('expire'), provider: fc.option(provider) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('tell'),
      provider,
      model: call.model,
      limit,
      used: fc.integer({ min: 0, max: 40 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('reset'), owner }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('move'), team, parent: fc.option(team) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('enable'), owner, enabled: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('max'), owner, limit, max: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('toggle'), owner, limit }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('grant'),
      owner,
      limit,
      amount: fc.integer({ min: 1, max: 20 }),
      forMs: fc.constantFrom(1_000, minuteMs, hourMs, 10 * hourMs, 40 * hourMs),
    }),
  },
)
