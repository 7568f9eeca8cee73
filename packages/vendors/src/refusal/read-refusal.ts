import type { SpentWindow } from '../headers/spent-window.js'
import type { Clock } from '../read/clock.js'
import { type LimitSignal, scopeOf } from '../signals/limit-signal.js'
import { type Period, periodOf, windowOf } from '../signals/signal-window.js'
import type { Vendor } from '../vendor.js'
import type { ErrorFacts } from './error-facts.js'
import { serverFaultRules } from './money-rules.js'
import { firstReported, noQuotaFacts, type QuotaFacts } from './quota-facts.js'
import { readQuotaFacts } from './read-quota-facts.js'
import { findRule, type RefusalKind, type RefusalRule } from './refusal-rule.js'
import type { RefusalSignal } from './refusal-signal.js'
import { defaultWaitMs, exhausted, longestWaitOf, refusalWaitMs } from './refusal-wait.js'
import { remedyOf } from './remedies.js'
import { isUnknownModelError, lacksPermission } from './unknown-model.js'
import { usualRules } from './usual-rules.js'

/** The parts of a refused response. */
export interface RefusedResponse {
  readonly vendor: Vendor
  readonly httpStatus: number
  readonly error: ErrorFacts
  readonly body: unknown
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

/** Classifies a refusal; null for other answers: request errors, and server errors unless they report missing money. */
export function readRefusal(response: RefusedResponse): RefusalSignal | null {
  const { vendor, httpStatus, error, clock } = response
  if (httpStatus < 400 || httpStatus >= 600) return null
  const reported = readQuotaFacts(error, zoneOf(vendor, error), clock)
  const rule = ruleOf(response, reported)
  if (rule === null) return null
  if (rule.kind === 'unknown_model' || rule.kind === 'unknown') {
    return assemble(response, rule, rule.kind, noQuotaFacts)
  }
  const facts = completed(reported, rule, response)
  return assemble(response, rule, kindOf(rule, facts), facts)
}

/** The zone of the error's instants without one. */
function zoneOf(vendor: Vendor, { names, message }: ErrorFacts): string {
  const named = vendor.errorZones?.find(zone => zone.names.some(name => names.has(name)))?.timeZone
  if (named !== undefined) return named
  // Where no zone is known, a message in Chinese is in China's.
  return vendor.facts.timeZone === 'UTC' && /\p{Script=Han}/u.test(message)
    ? 'Asia/Shanghai'
    : vendor.facts.timeZone
}

function ruleOf(response: RefusedResponse, { waitMs }: QuotaFacts): RefusalRule | null {
  const { vendor, httpStatus, error, body, retryAfterMs } = response
  const words = { httpStatus, error, statesWait: waitMs !== null || retryAfterMs !== null }
  if (httpStatus >= 500) return findRule(serverFaultRules, words) ?? null
  const ownRule = findRule(vendor.refusals, words)
  if (ownRule !== undefined) return ownRule
  if (isUnknownModelError(httpStatus, body)) return { kind: 'unknown_model' }
  const rule = findRule(usualRules, words)
  if (rule !== undefined) return rule
  if (lacksPermission(httpStatus, body)) return { kind: 'unknown_model' }
  // A bare 401 may come from a proxy: nothing confirms that the key is invalid.
  return httpStatus === 401 ? { kind: 'unknown' } : null
}

/** Completes the facts from the rule and from the exhausted limit that returns last. */
function completed(reported: QuotaFacts, rule: RefusalRule, response: RefusedResponse): QuotaFacts {
  const named = firstReported(
    { ...noQuotaFacts, period: rule.period ?? null, metric: rule.metric ?? null },
    reported,
  )
  if (rule.kind !== 'rate') return named
  // A spent window is none of the periods, whatever limit the words name.
  if (response.spent !== null) return { ...named, metric: null, period: null, lengthMs: null }
  if (isOfNone(named, response)) return { ...named, period: 'day', limit: 0, lengthMs: null }
  if (named.period !== null) return { ...named, lengthMs: null }
  if (named.lengthMs !== null) return named
  const statedMs = response.retryAfterMs ?? reported.waitMs ?? 0
  const assumed = rule.assumedPeriod ?? null
  if (assumed !== null) return mayLast(assumed, statedMs) ? { ...named, period: assumed } : named
  const spent = exhausted(response.limits, named)[0]
  if (spent === undefined || spent.window === null) return named
  const period = periodOf(spent.window)
  if (!mayLast(period, statedMs)) return named
  return { ...named, metric: spent.metric, period, limit: named.limit ?? spent.limit }
}

/**
 * Whether the limit is 0: the plan does not include the model, so that waiting for a minute does not help. Not with a
 * stated wait, since 0 may also mean that there is no limit. Mistral states it in headers, OpenAI in words.
 */
function isOfNone({ limit, waitMs }: QuotaFacts, { limits, retryAfterMs }: RefusedResponse): boolean {
  if (waitMs !== null || retryAfterMs !== null) return false
  return limit === 0 || limits.some(reported => reported.limit === 0 && reported.resetMs === null)
}

/**
 * Whether a refusal with this wait may be of a limit of this period, which nobody stated. Twice its length is an
 * inexact wait, which is bounded; beyond, the limit is another one.
 */
function mayLast(period: Period, waitMs: number): boolean {
  return waitMs <= 2 * longestWaitOf(kindOfPeriod(period))
}

function kindOfPeriod(period: Period): Exclude<Period, 'second'> {
  return period === 'second' ? 'minute' : period
}

function kindOf(rule: RefusalRule, facts: QuotaFacts): RefusalKind {
  if (rule.kind !== 'rate') return rule.kind
  const { limit, requested, period } = facts
  if (limit !== null && limit > 0 && requested !== null && requested > limit) return 'too_large'
  if (period === null) return 'unknown'
  return kindOfPeriod(period)
}

function assemble(
  response: RefusedResponse,
  rule: RefusalRule,
  kind: RefusalKind,
  facts: QuotaFacts,
): RefusalSignal {
  const { vendor, clock } = response
  const window = facts.period === null ? null : windowOf(facts.period, vendor.refill)
  const retryAfterMs = refusalWaitMs({ ...response, facts }, kind, rule)
  const waitMs = retryAfterMs ?? defaultWaitMs(kind, window, facts.lengthMs)
  const barsAll = rule.kind === 'rate' && response.spent?.perModel === false
  return {
    kind,
    retryAfterMs,
    untilMs: waitMs === null ? null : clock.receivedAtMs + waitMs,
    metric: facts.metric,
    window,
    limit: facts.limit,
    used: facts.used,
    requested: facts.requested,
    scope: kind === 'bad_credential' ? 'provider' : (rule.scope ?? scopeOf(vendor.facts.quotaHolder)),
    models: rule.models ?? (barsAll ? '*' : null),
    model: facts.model,
    organization: facts.organization,
    remedy: remedyOf(rule, kind),
  }
}
