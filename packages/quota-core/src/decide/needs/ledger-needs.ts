import { calendarInterval, dateAt, intervalOfDate } from '../../domain/calendar.js'
import type { Command } from '../../domain/command.js'
import type { DayRule } from '../../domain/day-rule.js'
import type { Limit } from '../../domain/limit.js'
import type { LedgerQuery, QuotaState } from '../../domain/state.js'
import type { SubjectRef } from '../../domain/subject.js'
import { isRolling, rollingMs } from '../../domain/window.js'
import { learnedLimits, withLearned } from '../limits/learnable-limits.js'
import { askedTimeZone } from '../subjects/provider-zone.js'

const minuteMs = 60_000
/** A rolling limit that is added is filled from this many sums at most. */
const rollingBuckets = 1_000

/** Sums that a new counter of the limit starts from. */
export function ledgerQueryOfLimit(
  subject: SubjectRef,
  rule: DayRule,
  limit: Limit,
  nowMs: number,
): LedgerQuery {
  const { kind, name } = subject
  if (isRolling(limit.window)) {
    const windowMs = rollingMs(limit.window)
    const bucketMs = Math.ceil(windowMs / rollingBuckets)
    return { subject: { kind, name }, fromMs: nowMs - windowMs, bucketMs, heldFromMs: 0 }
  }
  const { startMs, endMs } = calendarInterval(limit.window, rule, nowMs)
  return { subject: { kind, name }, fromMs: startMs, bucketMs: endMs - startMs, heldFromMs: startMs }
}

/** Today's sums by minute: what a reset of usage takes back, exact in every window and zone. */
export function ledgerQueryOfReset(providerName: string, rule: DayRule, nowMs: number): LedgerQuery {
  const { startMs } = intervalOfDate(rule, dateAt(rule, nowMs))
  return {
    subject: { kind: 'provider', name: providerName },
    fromMs: startMs,
    bucketMs: minuteMs,
    heldFromMs: Number.MAX_SAFE_INTEGER,
  }
}

/**
 * The sums over the ledger that deciding the command may ask for: a store that does not keep its
 * ledger at hand loads these first.
 */
export function ledgerNeeds(state: QuotaState, command: Command, nowMs: number): readonly LedgerQuery[] {
  switch (command.type) {
    case 'resetUsage': {
      const subject = state.subject({ kind: 'provider', name: command.providerName })
      return subject === undefined ? [] : [ledgerQueryOfReset(command.providerName, subject, nowMs)]
    }
    case 'learnLimits': {
      const provider = state.provider(command.providerName)
      if (provider === undefined) return []
      return learnedLimits(state, provider, command, nowMs).map(({ subject, limit }) =>
        ledgerQueryOfLimit(subject, subject, limit, nowMs),
      )
    }
    case 'upsertProvider':
    case 'upsertPool': {
      const kind = command.type === 'upsertProvider' ? 'provider' : 'pool'
      const ref: SubjectRef = { kind, name: command.name }
      const before = state.subject(ref)
      const asked = command.type === 'upsertProvider' ? askedTimeZone(state, command) : command.timeZone
      const rule: DayRule = {
        timeZone: asked ?? before?.timeZone ?? 'UTC',
        dayStartsAt: command.dayStartsAt ?? before?.dayStartsAt ?? '00:00',
      }
      return withLearned(before, command.limits ?? before?.limits ?? []).map(limit =>
        ledgerQueryOfLimit(ref, rule, limit, nowMs),
      )
    }
    // Of what is ahead, and by the clock: see `ledgerNeedsOfRewind`.
    case 'rewind':
    case 'expire':
    case 'reserve':
    case 'acquire':
    case 'commit':
    case 'release':
    case 'extend':
    case 'record':
    case 'observe':
    case 'removeProvider':
    case 'removePool':
    case 'setProviderEnabled':
    case 'retryProvider':
    case 'retryKey':
      return []
  }
}
