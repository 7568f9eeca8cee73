import { currentCounter, type LimitCounter, liveOwner, subjectOf } from '../decide/call-counters.js'
import { counterAt } from '../domain/counter.js'
import { isoInstantOrNull } from '../domain/instant.js'
import type { LimitState } from '../domain/outcome.js'
import type { QuotaState } from '../domain/state.js'
import type { SubjectRef } from '../domain/subject.js'
import { consumerKind } from '../domain/subject-kinds.js'
import type { QuotaStatus } from '../domain/thresholds.js'
import { limitState } from './limit-state.js'
import { newestCounters } from './listed-models.js'
import { availableAtMs, isFull, latestOf, quotaStatus } from './standing.js'
import { type DailyLimit, worstDailyLimit } from './worst-daily-limit.js'

/** The current state of a consumer's limit. */
export interface ConsumerLimit extends LimitState {
  /**
   * ISO-8601. When it runs out at the current pace; null if it lasts until its reset, has no max, or counts users apart.
   * Absent in lists.
   */
  readonly exhaustsAt?: string | null
}

/** The current state of a consumer's quota. */
export interface ConsumerStats extends DailyLimit {
  readonly consumer: string
  /** By its own limits and those of its plan that count every call. */
  readonly status: QuotaStatus
  readonly disabledBy: 'admin' | 'quota' | null
  /** Whether a call of one unit would pass its limits and those of its ancestors. */
  readonly available: boolean
  /** ISO-8601. When it is available again; null if it is, or if no instant is known. */
  readonly availableAt: string | null
  /** Its own limits and those of its plan, not those of its ancestors. Of those per model or user, the last called. */
  readonly limits: readonly ConsumerLimit[]
  /** Models or users of one limit that are not listed. */
  readonly leftOut: number
}

/**
 * The state of a consumer's quota at the instant.
 * @throws QuotaError UNKNOWN_CONSUMER
 */
export function consumerStats(state: QuotaState, name: string, nowMs: number): ConsumerStats {
  const ref: SubjectRef = { kind: consumerKind, name }
  liveOwner(state, ref, 'consumer')
  const own = sharedCounters(state, ref, nowMs)
  const { entries, leftOut } = separateCounters(state, ref, nowMs)
  const chain = state.kinds.chain(state, ref)
  const isOff = chain.some(above => isDisabled(state, above))
  const full = chain.flatMap(above => sharedCounters(state, above, nowMs)).filter(isFull)
  const status = isOff ? 'disabled' : quotaStatus(own)
  const untilMs = isOff ? null : latestOf(full.map(availableAtMs))
  const available = !isOff && full.length === 0
  return {
    consumer: name,
    ...worstDailyLimit(own),
    status,
    disabledBy: isOff ? 'admin' : status === 'disabled' ? 'quota' : null,
    available,
    availableAt: available ? null : isoInstantOrNull(untilMs),
    limits: [...own, ...entries].map(limitState),
    leftOut,
  }
}

function isDisabled(state: QuotaState, ref: SubjectRef): boolean {
  const owner = state.owner(ref)
  return owner?.kind === consumerKind && !owner.enabled
}

/** The limits that count every call together. */
function sharedCounters(state: QuotaState, ref: SubjectRef, nowMs: number): readonly LimitCounter[] {
  const subject = subjectOf(state, ref)
  return subject.limits
    .filter(({ per, model }) => per === null && model === null)
    .map(limit => ({ subject, limit, counter: currentCounter(state, subject, limit, '', nowMs) }))
}

/** The other limits: of some models, per model, or per user. */
function separateCounters(
  state: QuotaState,
  ref: SubjectRef,
  nowMs: number,
): { readonly entries: readonly LimitCounter[]; readonly leftOut: number } {
  const subject = subjectOf(state, ref)
  const entries: LimitCounter[] = []
  let leftOut = 0
  for (const limit of subject.limits) {
    if (limit.per === null) {
      if (limit.model !== null)
        entries.push({ subject, limit, counter: currentCounter(state, subject, limit, '', nowMs) })
      continue
    }
    const { newest, count } = state.countersOfLimit(subject, limit.id)
    const listed = newestCounters([...newest])
    leftOut = Math.max(leftOut, count - listed.length)
    for (const counter of listed)
      entries.push({ subject, limit, counter: counterAt(counter, limit, subject, nowMs) })
  }
  return { entries, leftOut }
}
