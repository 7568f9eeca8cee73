import type { OnExpiry, Strategy } from '@quotakeeper/quota-core'
import { type ConsumerPlan, drawConsumers } from './consumer-plan.js'
import type { Random } from './random.js'
import type { Account } from './vendor.js'
import type { QuotaRule } from './vendor-quota.js'

/**
 * `calm`: limits equal the vendor's, clocks agree, and calls stay within their reservations; with crashes, lost
 * answers, stalls and hang-ups. `overrun`: calls may also use more than they reserved. `wild`: in addition, the store's
 * clock jumps, admins interfere, and others use the same keys.
 */
export type HistoryKind = 'calm' | 'overrun' | 'wild'

export interface PlannedProvider extends Account {
  readonly pool: string | null
  readonly onExpiry: OnExpiry
  /** Whether its vendor reports the remaining units in every answer. */
  readonly reports: boolean
}

/** Probabilities of faults. */
export interface Troubles {
  /** At each step of a process. */
  readonly crash: number
  /** Each way between a process and the store. */
  readonly lostMessage: number
  /** Before a call leaves, and before it is settled: a pause, perhaps beyond its expiry or its window. */
  readonly stall: number
  readonly hangUp: number
  readonly neverConnected: number
  readonly overrun: number
  /** A settlement is repeated. */
  readonly repeat: number
}

export type Pace = 'minutes' | 'days'

/** The initial conditions of a history. */
export interface Plan extends ConsumerPlan {
  readonly kind: HistoryKind
  readonly startMs: number
  /** No call starts after it. */
  readonly endMs: number
  /** No call starts after this many grants. */
  readonly maxGrants: number
  readonly pace: Pace
  readonly pools: readonly Account[]
  readonly providers: readonly PlannedProvider[]
  readonly processCount: number
  readonly ttlMs: number
  readonly strategy: Strategy
  readonly troubles: Troubles
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** Days on which clocks change, and ends of months and years. */
const starts = [
  '2026-10-31T20:00:00Z', // Los Angeles sets the clock back, a month ends
  '2027-03-13T18:00:00Z', // Los Angeles sets it forward
  '2026-10-03T06:00:00Z', // Lord Howe sets it forward by half an hour
  '2027-03-27T12:00:00Z', // Beirut skips midnight
  '2026-12-30T22:00:00Z', // the year ends
  '2027-02-28T03:00:00Z', // the shortest month ends
  '2026-11-24T21:00:00Z',
].map(text => Date.parse(text))

const pickZone = (random: Random): string =>
  random.pick(
    'UTC',
    'America/Los_Angeles',
    'Australia/Lord_Howe',
    'Asia/Beirut',
    'Asia/Kathmandu',
    'Pacific/Kiritimati',
  )

/** Draws the initial conditions of a history. */
export function drawPlan(random: Random): Plan {
  const kind = random.pick<HistoryKind>('calm', 'calm', 'calm', 'overrun', 'wild', 'wild')
  const pace = random.pick<Pace>('minutes', 'days')
  const startMs = random.pick(starts[0] ?? 0, ...starts.slice(1)) + random.integer(0, 3 * hourMs)
  const lengthMs = pace === 'minutes' ? random.integer(2, 6) * minuteMs : random.integer(20, 50) * hourMs
  const pools = random.chance(0.6) ? [drawAccount('org', pace, random)] : []
  const names = random.pick(['org_1', 'org_2'], ['org_1', 'org_2', 'solo'], ['solo'], ['solo', 'other'])
  return {
    kind,
    pace,
    startMs,
    endMs: startMs + lengthMs,
    maxGrants: random.integer(20, 60),
    pools,
    providers: names.map(name => drawProvider(name, pools, { kind, pace, random })),
    ...drawConsumers(pace, { random, pickZone }),
    processCount: random.integer(2, 5),
    ttlMs: random.pick(20, 60, 120) * 1_000,
    strategy: random.pick<Strategy>('most-remaining', 'priority', 'round-robin', 'soonest-reset'),
    troubles: drawTroubles(kind, random),
  }
}

function drawProvider(
  name: string,
  pools: readonly Account[],
  { kind, pace, random }: Pick<Plan, 'kind' | 'pace'> & { readonly random: Random },
): PlannedProvider {
  const pool = name.startsWith('org') ? (pools[0]?.name ?? null) : null
  const account = drawAccount(name, pace, random)
  return {
    ...account,
    // A provider in a pool rarely has a quota of its own as well.
    rules: pool !== null && random.chance(0.7) ? [] : account.rules,
    pool,
    onExpiry: kind === 'wild' && random.chance(0.3) ? 'release' : 'charge',
    reports: random.chance(0.5),
  }
}

function drawAccount(name: string, pace: Pace, random: Random): Account {
  const rules = (pace === 'minutes' ? drawMinuteRules : drawDayRules)(random)
  return { name, timeZone: pickZone(random), rules }
}

function drawMinuteRules(random: Random): readonly QuotaRule[] {
  const window = random.pick<QuotaRule['window']>('minute', 'rolling-60s')
  const requests: QuotaRule = { metric: 'requests', window, max: random.integer(3, 9) }
  const tokens: QuotaRule = { metric: 'tokens', window, max: random.integer(300, 600) }
  return random.pick([requests], [tokens], [requests, tokens])
}

function drawDayRules(random: Random): readonly QuotaRule[] {
  const window = random.pick<QuotaRule['window']>('day', 'rolling-1d')
  const requests: QuotaRule = { metric: 'requests', window, max: random.integer(6, 20) }
  const tokens: QuotaRule = { metric: 'tokens', window, max: random.integer(300, 900) }
  const minute: QuotaRule = { metric: 'requests', window: 'minute', max: random.integer(2, 6) }
  const month: QuotaRule = { metric: 'tokens', window: 'month', max: random.integer(500, 1_500) }
  return random.pick([requests], [tokens], [requests, tokens], [requests, minute], [requests, month])
}

function drawTroubles(kind: HistoryKind, random: Random): Troubles {
  return {
    crash: random.pick(0, 0.001, 0.003, kind === 'wild' ? 0.02 : 0.003),
    lostMessage: random.pick(0, 0.01, kind === 'wild' ? 0.1 : 0.02),
    stall: random.pick(0, 0.01, kind === 'wild' ? 0.05 : 0.01),
    hangUp: random.pick(0, 0.05),
    neverConnected: random.pick(0, 0.03),
    overrun: kind === 'calm' ? 0 : 0.1,
    repeat: 0.05,
  }
}
