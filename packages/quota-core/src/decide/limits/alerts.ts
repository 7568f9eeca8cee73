import { type Alert, severityOf } from '../../domain/alert.js'
import type { Attempt } from '../../domain/attempt.js'
import { calendarInterval } from '../../domain/calendar.js'
import type { CoolDown } from '../../domain/cool-down.js'
import { maxCostOfCall, maxUnitsOfCall } from '../../domain/count-cap.js'
import { type Counter, counterAt, spentUnits } from '../../domain/counter.js'
import { type CountName, type Counts, countNames } from '../../domain/counts.js'
import { maxAt } from '../../domain/grant.js'
import type { Metric } from '../../domain/metric.js'
import type { Change, QuotaState } from '../../domain/state.js'
import { providerRef } from '../../domain/subject.js'
import { reachesPercent } from '../../domain/thresholds.js'
import { lastsAnHour } from '../../domain/window.js'
import { type LimitCounter, subjectOf } from '../call-counters.js'

/**
 * The changes that store a counter and raise its due alerts: one for each threshold that is reached and has not alerted
 * in this window, if the window is the current one.
 */
export function keepCounter({ subject, limit, counter }: LimitCounter, nowMs: number): readonly Change[] {
  const max = maxAt(limit, nowMs)
  if (max === null || max === 0 || limit.mode !== 'enforce' || !lastsAnHour(limit.window)) {
    return [{ table: 'counter', row: counter }]
  }
  const used = spentUnits(counter, limit)
  const crossed = subject.thresholdsPercent.filter(
    percent => !counter.alertedPercents.includes(percent) && reachesPercent(used, max, percent),
  )
  if (crossed.length === 0 || hasTurned(subject, limit, counter, nowMs)) {
    return [{ table: 'counter', row: counter }]
  }
  const alertedPercents = [...counter.alertedPercents, ...crossed].sort((left, right) => left - right)
  return [
    { table: 'counter', row: { ...counter, alertedPercents } },
    ...crossed.map(
      (percent): Change => ({
        table: 'alert',
        row: alertOf('threshold', { subject, limit, counter }, percent, nowMs),
      }),
    ),
  ]
}

/** An expiry in a past window raises no alert. */
function hasTurned(
  subject: LimitCounter['subject'],
  limit: LimitCounter['limit'],
  counter: Counter,
  nowMs: number,
): boolean {
  return counterAt(counter, limit, subject, nowMs).windowStartMs !== counter.windowStartMs
}

/** Raises a drift alert when the vendor's count grew this much of the limit beyond ours since its last report. */
const driftPercent = 10
/** Marks drift among the thresholds that have alerted. */
const driftMark = 0

/**
 * Like {@link keepCounter}, for a counter with a new vendor report. Also raises a drift alert if the vendor's count
 * leapt ahead of ours, which means that something else uses the key. Once a window, and not at the vendor's first
 * report, which includes earlier usage.
 */
export function keepReported(before: LimitCounter, counter: Counter, nowMs: number): readonly Change[] {
  const { subject, limit } = before
  const max = maxAt(limit, nowMs)
  const leap = spentUnits(counter, limit) - spentUnits(before.counter, limit)
  const isNews =
    before.counter.reported !== null &&
    !counter.alertedPercents.includes(driftMark) &&
    max !== null &&
    max > 0 &&
    limit.mode === 'enforce' &&
    lastsAnHour(limit.window) &&
    reachesPercent(leap, max, driftPercent)
  if (!isNews) return keepCounter({ subject, limit, counter }, nowMs)
  const marked = { ...counter, alertedPercents: [driftMark, ...counter.alertedPercents] }
  const alert = alertOf('drift', { subject, limit, counter: marked }, driftMark, nowMs)
  return [...keepCounter({ subject, limit, counter: marked }, nowMs), { table: 'alert', row: alert }]
}

function alertOf(
  kind: 'threshold' | 'drift',
  { limit, counter }: LimitCounter,
  thresholdPercent: number,
  nowMs: number,
): Alert {
  const { window } = limit
  if (window === null) throw new Error('limits without a window raise no alerts')
  return {
    kind,
    subject: counter.subject,
    limitId: limit.id,
    model: counter.model,
    windowStartMs: counter.windowStartMs,
    thresholdPercent,
    limitVersion: limit.version,
    severity: severityOf(thresholdPercent),
    metric: limit.metric,
    window,
    used: spentUnits(counter, limit),
    max: maxAt(limit, nowMs) ?? 0,
    raisedAtMs: nowMs,
  }
}

/**
 * The alert of a refusal that waiting does not end (billing, bad credential). Raised when it begins, not when a trial
 * fails again. Empty for other refusals.
 */
export function alertOfRefusal(coolDown: CoolDown, nowMs: number): readonly Change[] {
  const { subject, kind, model, sinceMs } = coolDown
  if (kind !== 'billing' && kind !== 'bad_credential') return []
  const figures = {
    thresholdPercent: 100,
    limitVersion: 0,
    metric: 'requests',
    window: 'day',
    used: 0,
    max: 0,
  } as const
  const row: Alert = {
    ...{ kind, subject, limitId: kind, model, severity: 'error', ...figures },
    windowStartMs: sinceMs,
    raisedAtMs: nowMs,
  }
  return [{ table: 'alert', row }]
}

const metricOf: Readonly<Record<CountName, Metric>> = {
  requestCount: 'requests',
  characterCount: 'characters',
  inputTokenCount: 'inputTokens',
  outputTokenCount: 'outputTokens',
  cachedInputTokenCount: 'inputTokens',
  costMicroUsd: 'cost',
  audioSecondCount: 'audioSeconds',
}

/**
 * The alert of a call whose reported usage was capped: at most one an hour and provider, since a vendor that reports
 * absurd figures repeats it.
 */
export function alertOfCounts(
  state: QuotaState,
  { providerName }: Attempt,
  original: Partial<Counts> | null,
  nowMs: number,
): readonly Change[] {
  if (original === null) return []
  const name = countNames.find(candidate => original[candidate] !== undefined) ?? 'requestCount'
  const subject = subjectOf(state, providerRef(providerName))
  const row: Alert = {
    kind: 'implausible_count',
    subject: providerRef(providerName),
    limitId: 'implausible_count',
    model: '',
    windowStartMs: calendarInterval('hour', subject, nowMs).startMs,
    thresholdPercent: 100,
    limitVersion: 0,
    severity: 'error',
    metric: metricOf[name],
    window: 'hour',
    used: original[name] ?? 0,
    max: name === 'costMicroUsd' ? maxCostOfCall : maxUnitsOfCall,
    raisedAtMs: nowMs,
  }
  return [{ table: 'alert', row }]
}
