import { dateAt, intervalOfDate, windowInterval } from '../../domain/calendar.js'
import type { DayRule } from '../../domain/day-rule.js'
import type { Limit } from '../../domain/limit.js'
import type { LedgerQuery } from '../../domain/state.js'
import type { SubjectRef } from '../../domain/subject.js'
import { isRolling, rollingMs } from '../../domain/window.js'

const minuteMs = 60_000
/** Most sums from which an added rolling limit is filled. */
const rollingBuckets = 1_000

/** The sums from which a new counter of the limit starts. */
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
  // Calls in flight, whenever they were made.
  if (limit.window === null)
    return { subject: { kind, name }, fromMs: nowMs, bucketMs: minuteMs, heldFromMs: 0 }
  const { startMs, endMs } = windowInterval(limit.window, rule, nowMs)
  return { subject: { kind, name }, fromMs: startMs, bucketMs: endMs - startMs, heldFromMs: startMs }
}

/** Today's sums by minute, which a reset takes back; exact for every window and time zone. */
export function ledgerQueryOfReset({ kind, name }: SubjectRef, rule: DayRule, nowMs: number): LedgerQuery {
  const { startMs } = intervalOfDate(rule, dateAt(rule, nowMs))
  return {
    subject: { kind, name },
    fromMs: startMs,
    bucketMs: minuteMs,
    heldFromMs: Number.MAX_SAFE_INTEGER,
  }
}
