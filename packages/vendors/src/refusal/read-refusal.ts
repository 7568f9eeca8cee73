import type { Clock } from '../read/clock.js'
import { nextBoundaryMs } from '../read/next-boundary.js'
import { believedWaitMs } from '../read/wait.js'
import { type LimitSignal, scopeOf } from '../signals/limit-signal.js'
import {
  type Period,
  periodOf,
  refillsContinuously,
  type SignalWindow,
  windowLengthMs,
  windowOf,
} from '../signals/signal-window.js'
import type { Vendor } from '../vendor.js'
import { detailsOf, type ErrorFacts } from './error-facts.js'
import { firstTold, noQuotaFacts, type QuotaFacts } from './quota-facts.js'
import { readGoogleDetails } from './read-google-details.js'
import { readProse } from './read-prose.js'
import { findRule, type RefusalKind, type RefusalRule } from './refusal-rule.js'
import type { RefusalSignal } from './refusal-signal.js'
import { rollingWaitMs } from './rolling-wait.js'
import { isUnknownModelError } from './unknown-model.js'
import { usualRules } from './usual-rules.js'

/** Waits where a vendor tells none: short, since a longer one would be invented. */
const defaultWaitsMs: Readonly<Partial<Record<RefusalKind, number>>> = {
  minute: 60_000,
  hour: 600_000,
  shared_capacity: 30_000,
  unknown: 10_000,
}

/** A refused response, taken apart. */
export interface RefusedResponse {
  readonly vendor: Vendor
  readonly httpStatus: number
  readonly error: ErrorFacts
  readonly body: unknown
  /** What the headers tell of limits. */
  readonly limits: readonly LimitSignal[]
  /** `retry-after`; null without one. */
  readonly retryAfterMs: number | null
  readonly clock: Clock
}

/** What a refusal is about; null for answers that are none: errors of the request itself, and of the server. */
export function readRefusal(response: RefusedResponse): RefusalSignal | null {
  const { vendor, httpStatus, error, clock } = response
  if (httpStatus < 400 || httpStatus >= 500) return null
  const rule = findRule(vendor.refusals, httpStatus, error)
  if (rule === undefined && isUnknownModelError(httpStatus, response.body)) {
    return assemble(response, { kind: 'unknown_model' }, 'unknown_model', noQuotaFacts)
  }
  const applied = rule ?? findRule(usualRules, httpStatus, error)
  if (applied === undefined)
    return httpStatus === 401 ? assemble(response, { kind: 'rate' }, 'unknown', noQuotaFacts) : null
  const told = firstTold(readGoogleDetails(detailsOf(error.layers), clock), readProse(error.message))
  const facts = completed(told, applied, response.limits)
  return assemble(response, applied, kindOf(applied, facts), facts)
}

/** The facts, with the rule's and those of the exhausted limit whose return takes longest, where silent. */
function completed(told: QuotaFacts, rule: RefusalRule, limits: readonly LimitSignal[]): QuotaFacts {
  const named = firstTold({ ...noQuotaFacts, period: rule.period ?? null, metric: rule.metric ?? null }, told)
  if (rule.kind !== 'rate' || named.period !== null) return named
  const spent = exhausted(limits, named)[0]
  if (spent === undefined || spent.window === null) return named
  return { ...named, metric: spent.metric, period: periodOf(spent.window), limit: named.limit ?? spent.limit }
}

/** The limits with nothing left that the refusal may be about, the one whose return takes longest first. */
function exhausted(limits: readonly LimitSignal[], facts: QuotaFacts): readonly LimitSignal[] {
  return limits
    .filter(
      ({ remaining, metric, window }) =>
        remaining === 0 &&
        (facts.metric === null || facts.metric === metric) &&
        (facts.period === null || window === null || facts.period === periodOf(window)),
    )
    .toSorted((left, right) => returnMs(right) - returnMs(left))
}

function returnMs({ resetMs, window }: LimitSignal): number {
  return resetMs ?? (window === null ? 0 : windowLengthMs(window))
}

function kindOf(rule: RefusalRule, facts: QuotaFacts): RefusalKind {
  if (rule.kind !== 'rate') return rule.kind
  const { limit, requested, period } = facts
  if (limit !== null && limit > 0 && requested !== null && requested > limit) return 'too_large'
  if (period === null) return 'unknown'
  return period === 'second' ? 'minute' : period
}

function assemble(
  response: RefusedResponse,
  rule: RefusalRule,
  kind: RefusalKind,
  facts: QuotaFacts,
): RefusalSignal {
  const { vendor, clock } = response
  const window = facts.period === null ? null : windowOf(facts.period, vendor.refill)
  const retryAfterMs = waitOf(response, kind, facts)
  const waitMs = retryAfterMs ?? defaultWaitMs(kind, window)
  return {
    kind,
    retryAfterMs,
    untilMs: waitMs === null ? null : clock.receivedAtMs + waitMs,
    metric: facts.metric,
    window,
    limit: facts.limit,
    used: facts.used,
    requested: facts.requested,
    scope: kind === 'bad_credential' ? 'provider' : scopeOf(vendor.facts.quotaHolder),
    models: rule.models ?? null,
    model: facts.model,
    organization: facts.organization,
  }
}

/** A limit by the second passes sooner than the default of its kind. */
function defaultWaitMs(kind: RefusalKind, window: SignalWindow | null): number | null {
  const waitMs = defaultWaitsMs[kind] ?? null
  return waitMs === null || window === null ? waitMs : Math.min(waitMs, windowLengthMs(window))
}

function waitOf(response: RefusedResponse, kind: RefusalKind, facts: QuotaFacts): number | null {
  switch (kind) {
    case 'too_large':
    case 'bad_credential':
    case 'unknown_model':
      return null
    case 'day':
    case 'month':
      return longWaitMs(response, kind, facts)
    default:
      return statedWaitMs(response, facts)
  }
}

/** By the vendor's word, then by its numbers, then by the exhausted limits that it tells of. */
function statedWaitMs(response: RefusedResponse, facts: QuotaFacts): number | null {
  const stated = response.retryAfterMs ?? facts.waitMs
  return (
    stated ?? computedWaitMs(response.vendor, facts) ?? exhausted(response.limits, facts)[0]?.resetMs ?? null
  )
}

/**
 * A day or month of the calendar lasts until it ends, whatever shorter wait is asked for: Gemini asks for
 * half a minute when the day is spent. Where the calendar isn't known, what is asked for holds.
 */
function longWaitMs(response: RefusedResponse, period: 'day' | 'month', facts: QuotaFacts): number | null {
  const { vendor, clock } = response
  if (refillsContinuously(windowOf(period, vendor.refill))) return statedWaitMs(response, facts)
  const statedMs = response.retryAfterMs ?? facts.waitMs
  if (vendor.longWaits === 'stated' && statedMs !== null) return statedMs
  const told = exhausted(response.limits, { ...facts, period }).find(({ window }) => window !== null)
  if (told !== undefined && told.resetMs !== null) return told.resetMs
  const endMs = nextBoundaryMs(period, vendor.facts.timeZone, clock.receivedAtMs)
  return believedWaitMs(endMs - clock.receivedAtMs)
}

function computedWaitMs(vendor: Vendor, facts: QuotaFacts): number | null {
  const period: Period | null = facts.period
  if (period === null) return null
  const window = windowOf(period, vendor.refill)
  if (!refillsContinuously(window)) return null
  const waitMs = rollingWaitMs({ ...facts, windowMs: windowLengthMs(window) })
  return waitMs === null ? null : believedWaitMs(waitMs)
}
