import type { Clock } from '../read/clock.js'
import { nextBoundaryMs } from '../read/next-boundary.js'
import { believedWaitMs } from '../read/wait.js'
import type { LimitSignal } from '../signals/limit-signal.js'
import {
  longestResetMs,
  type Period,
  periodOf,
  refillsContinuously,
  type SignalWindow,
  windowLengthMs,
  windowOf,
} from '../signals/signal-window.js'
import type { Vendor } from '../vendor.js'
import type { QuotaFacts } from './quota-facts.js'
import type { RefusalKind, RefusalRule } from './refusal-rule.js'
import { rollingWaitMs } from './rolling-wait.js'

/** Waits where a vendor tells none: short, since a longer one would be invented. */
const defaultWaitsMs: Readonly<Partial<Record<RefusalKind, number>>> = {
  minute: 60_000,
  hour: 600_000,
  shared_capacity: 30_000,
  unknown: 10_000,
}

/** Money isn't back sooner, whatever pause an answer asks for. */
const shortestMoneyWaitMs = 60_000

/** What tells how long a refusal lasts. */
export interface WaitSources {
  readonly vendor: Vendor
  readonly facts: QuotaFacts
  /** What the headers tell of limits. */
  readonly limits: readonly LimitSignal[]
  /** `retry-after`; null without one. */
  readonly retryAfterMs: number | null
  readonly clock: Clock
}

/**
 * How long such calls are refused, in milliseconds from the response; null where nothing tells. What is longer than
 * the limit's own window is not believed: then it is the window.
 */
export function refusalWaitMs(sources: WaitSources, kind: RefusalKind, rule: RefusalRule): number | null {
  const waitMs = reportedWaitMs(sources, kind, rule)
  if (waitMs !== null) return Math.min(waitMs, longestWaitOf(kind))
  return kind === 'day' || kind === 'month' ? calendarEndMs(sources, kind) : null
}

/** The length of the limit's window, as far as the kind tells it; infinite otherwise. */
export function longestWaitOf(kind: RefusalKind): number {
  return kind === 'minute' || kind === 'hour' || kind === 'day' || kind === 'month'
    ? longestResetMs(kind)
    : Number.POSITIVE_INFINITY
}

/** A short wait for limits whose end isn't told; null for what ends by no known instant. */
export function defaultWaitMs(kind: RefusalKind, window: SignalWindow | null): number | null {
  const waitMs = defaultWaitsMs[kind] ?? null
  // A limit by the second passes sooner than the default of its kind.
  return waitMs === null || window === null ? waitMs : Math.min(waitMs, windowLengthMs(window))
}

function reportedWaitMs(sources: WaitSources, kind: RefusalKind, rule: RefusalRule): number | null {
  switch (kind) {
    case 'too_large':
    case 'unknown_model':
      return null
    // What a header asks for is a pause, which makes no key valid again.
    case 'bad_credential':
      return longEnough(sources.facts.returnMs) ?? longEnough(sources.facts.waitMs)
    case 'billing':
      return moneyWaitMs(sources, rule)
    case 'day':
    case 'month':
      return longWaitMs(sources, kind)
    default:
      return statedWaitMs(sources)
  }
}

function moneyWaitMs({ vendor, facts, retryAfterMs, clock }: WaitSources, rule: RefusalRule): number | null {
  const statedMs = longEnough(facts.returnMs) ?? longEnough(retryAfterMs) ?? longEnough(facts.waitMs)
  if (statedMs !== null || rule.resets === undefined) return statedMs
  return nextBoundaryMs(rule.resets, vendor.facts.timeZone, clock.receivedAtMs) - clock.receivedAtMs
}

function longEnough(waitMs: number | null): number | null {
  return waitMs !== null && waitMs >= shortestMoneyWaitMs ? waitMs : null
}

/** By the vendor's word, then by its numbers, then by the exhausted limits that it tells of. */
function statedWaitMs({ vendor, facts, limits, retryAfterMs }: WaitSources): number | null {
  return (
    retryAfterMs ??
    facts.waitMs ??
    computedWaitMs(vendor, facts) ??
    exhausted(limits, facts)[0]?.resetMs ??
    null
  )
}

/**
 * A day or month of the calendar lasts until its return, where the vendor names that, else until it ends, whatever
 * shorter wait is asked for: Gemini asks for half a minute when the day is spent. Where the calendar isn't known, what
 * is asked for holds.
 */
function longWaitMs(sources: WaitSources, period: 'day' | 'month'): number | null {
  const { vendor, facts, limits, retryAfterMs } = sources
  if (refillsContinuously(windowOf(period, vendor.refill))) return statedWaitMs(sources)
  if (facts.returnMs !== null) return facts.returnMs
  const statedMs = retryAfterMs ?? facts.waitMs
  if (vendor.longWaits === 'stated' && statedMs !== null) return statedMs
  const reported = exhausted(limits, { ...facts, period }).find(({ window }) => window !== null)
  return reported?.resetMs ?? null
}

/** Until the day or month ends, in days of up to 25 hours. Null for one that refills continuously. */
function calendarEndMs({ vendor, clock }: WaitSources, period: 'day' | 'month'): number | null {
  if (refillsContinuously(windowOf(period, vendor.refill))) return null
  return nextBoundaryMs(period, vendor.facts.timeZone, clock.receivedAtMs) - clock.receivedAtMs
}

/** The limits with nothing left that the refusal may be about, the one whose return takes longest first. */
export function exhausted(
  limits: readonly LimitSignal[],
  facts: Pick<QuotaFacts, 'metric' | 'period'>,
): readonly LimitSignal[] {
  return limits
    .filter(
      ({ remaining, metric, window }) =>
        remaining === 0 &&
        (facts.metric === null || facts.metric === metric) &&
        (facts.period === null || window === null || facts.period === periodOf(window)),
    )
    .toSorted((left, right) => lastsMs(right) - lastsMs(left))
}

function lastsMs({ resetMs, window }: LimitSignal): number {
  return resetMs ?? (window === null ? 0 : windowLengthMs(window))
}

function computedWaitMs(vendor: Vendor, facts: QuotaFacts): number | null {
  const period: Period | null = facts.period
  if (period === null) return null
  const window = windowOf(period, vendor.refill)
  if (!refillsContinuously(window)) return null
  const waitMs = rollingWaitMs({ ...facts, windowMs: windowLengthMs(window) })
  return waitMs === null ? null : believedWaitMs(waitMs)
}
