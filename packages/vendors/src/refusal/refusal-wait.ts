import type { SpentWindow } from '../headers/spent-window.js'
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

/** Default waits if the vendor states none: short, since a longer one would be invented. */
const defaultWaitsMs: Readonly<Partial<Record<RefusalKind, number>>> = {
  minute: 60_000,
  hour: 600_000,
  shared_capacity: 30_000,
  unknown: 10_000,
}

/** Shortest wait for money, whatever pause an answer requests. */
const shortestMoneyWaitMs = 60_000

/** Inputs for the length of a refusal. */
export interface WaitSources {
  readonly vendor: Vendor
  readonly facts: QuotaFacts
  /** Limits reported in headers. */
  readonly limits: readonly LimitSignal[]
  /** The wait in `retry-after`; null without one. */
  readonly retryAfterMs: number | null
  /** Spent windows that headers report without units; null for none. */
  readonly spent: SpentWindow | null
  /** The wait in reset headers without their limits; null without one. */
  readonly loneResetMs: number | null
  readonly clock: Clock
}

/**
 * How long such calls are refused, in milliseconds from the response; null if unknown. At most the limit's window: a
 * longer wait is a mistake.
 */
export function refusalWaitMs(sources: WaitSources, kind: RefusalKind, rule: RefusalRule): number | null {
  const waitMs = reportedWaitMs(sources, kind, rule)
  const { lengthMs } = sources.facts
  if (waitMs !== null) return Math.min(waitMs, longestWaitOf(kind), lengthMs ?? Number.POSITIVE_INFINITY)
  return kind === 'day' || kind === 'month' ? calendarEndMs(sources, kind) : null
}

/** The length of the limit's window if the kind determines it; Infinity otherwise. */
export function longestWaitOf(kind: RefusalKind): number {
  return kind === 'minute' || kind === 'hour' || kind === 'day' || kind === 'month'
    ? longestResetMs(kind)
    : Number.POSITIVE_INFINITY
}

/**
 * The default wait for limits without a stated end; null for refusals without a known end.
 * @param lengthMs the length of a window that is none of the periods; null for others
 */
export function defaultWaitMs(
  kind: RefusalKind,
  window: SignalWindow | null,
  lengthMs: number | null,
): number | null {
  if (kind === 'unknown' && lengthMs !== null) return defaultWaitOfLengthMs(lengthMs)
  const waitMs = defaultWaitsMs[kind] ?? null
  // A limit per second ends sooner than the default of its kind.
  return waitMs === null || window === null ? waitMs : Math.min(waitMs, windowLengthMs(window))
}

/** That of the longest period within the window; none for a week, like for days whose calendar is unknown. */
function defaultWaitOfLengthMs(lengthMs: number): number | null {
  if (lengthMs > longestResetMs('day')) return null
  const kinds: readonly RefusalKind[] = ['hour', 'minute']
  const kind = kinds.find(shorter => lengthMs >= longestWaitOf(shorter)) ?? 'unknown'
  return Math.min(lengthMs, defaultWaitsMs[kind] ?? lengthMs)
}

function reportedWaitMs(sources: WaitSources, kind: RefusalKind, rule: RefusalRule): number | null {
  switch (kind) {
    case 'too_large':
    case 'unknown_model':
      return null
    // A header requests a pause, which does not make a key valid again.
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

/** As stated by the vendor, then computed from its numbers, then from the exhausted limits that it reports. */
function statedWaitMs(sources: WaitSources): number | null {
  const { vendor, facts, limits, retryAfterMs, spent, loneResetMs } = sources
  const statedMs = retryAfterMs ?? facts.waitMs
  // A spent window lasts until its return, even if a shorter pause is requested.
  if (spent !== null) return Math.max(spent.resetMs, statedMs ?? 0)
  return statedMs ?? computedWaitMs(vendor, facts) ?? exhausted(limits, facts)[0]?.resetMs ?? loneResetMs
}

/**
 * A calendar day or month lasts until the stated return, otherwise until its end, even if a shorter wait is requested:
 * Gemini requests half a minute when the day is spent. If the calendar is unknown, the requested wait counts.
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

/** Time until the day or month ends. Null for one that refills continuously. */
function calendarEndMs({ vendor, clock }: WaitSources, period: 'day' | 'month'): number | null {
  if (refillsContinuously(windowOf(period, vendor.refill))) return null
  return nextBoundaryMs(period, vendor.facts.timeZone, clock.receivedAtMs) - clock.receivedAtMs
}

/** The exhausted limits that the refusal may refer to, the last to return first. */
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
