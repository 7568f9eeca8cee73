import type { LimitCounter } from '../decide/call-counters.js'
import {
  type Counter,
  counterAt,
  type ReportedCount,
  resetsAtMs,
  roomUnits,
  spentUnits,
} from '../domain/counter.js'
import { activeGrants, maxAt } from '../domain/grant.js'
import { isoInstant, isoInstantOrNull } from '../domain/instant.js'
import { isLearned, userOfCounter, type VersionedLimit } from '../domain/limit.js'
import type { GrantedLimit, GrantView, LimitState, VendorFigures } from '../domain/outcome.js'
import type { QuotaState } from '../domain/state.js'
import { saturated } from '../domain/whole-number.js'
import { isRolling } from '../domain/window.js'

/** Shared by the usual case, to allocate nothing. */
const noGrants: readonly GrantView[] = []

/** The active grants of a limit. */
export function grantViews(limit: VersionedLimit, nowMs: number): readonly GrantView[] {
  if (limit.grants === undefined) return noGrants
  return activeGrants(limit, nowMs).map(({ amount, untilMs }) => ({ amount, until: isoInstant(untilMs) }))
}

/** The public state of a limit. The counter must be current. */
export function limitState({ subject, limit, counter }: LimitCounter): LimitState {
  const room = roomUnits(counter, limit)
  return {
    id: limit.id,
    subject: counter.subject,
    metric: limit.metric,
    window: limit.window,
    model: limit.per === 'model' && counter.model !== '' ? counter.model : limit.model,
    user: limit.per === 'user' && counter.model !== '' ? userOfCounter(counter.model) : null,
    max: maxAt(limit, counter.atMs),
    grants: grantViews(limit, counter.atMs),
    used: isRolling(limit.window) ? spentUnits(counter, limit) : saturated(counter.used),
    held: saturated(counter.held),
    observed: counter.observed,
    remaining: room === null ? null : Math.max(0, room),
    resetsAt: isoInstantOrNull(resetsAtMs(counter, limit, subject)),
    mode: limit.mode,
    source: isLearned(limit) ? 'learned' : 'configured',
    vendor: counter.reported && vendorFigures(counter.reported),
  }
}

/** The public state of a stored counter; empty if its limit no longer exists. */
export function stateOfCounter(state: QuotaState, counter: Counter, nowMs: number): readonly LimitState[] {
  const subject = state.subject(counter.subject)
  const limit = subject?.limits.find(({ id }) => id === counter.limitId)
  if (subject === undefined || limit === undefined) return []
  return [limitState({ subject, limit, counter: counterAt(counter, limit, subject, nowMs) })]
}

/** The state of a limit after a grant. Copied field by field: spreading made a fifth of what a grant allocates. */
export function grantedLimit(entry: LimitCounter, wouldDeny: boolean): GrantedLimit {
  const state = limitState(entry)
  return {
    id: state.id,
    subject: state.subject,
    metric: state.metric,
    window: state.window,
    model: state.model,
    user: state.user,
    max: state.max,
    grants: state.grants,
    used: state.used,
    held: state.held,
    observed: state.observed,
    remaining: state.remaining,
    resetsAt: state.resetsAt,
    mode: state.mode,
    source: state.source,
    vendor: state.vendor,
    wouldDeny,
  }
}

function vendorFigures({ max, remaining, drift, sinceMs }: ReportedCount): VendorFigures {
  return { max, remaining, drift, reportedAt: isoInstant(sinceMs) }
}
