import type { GrantQuotaCommand } from '../../domain/command.js'
import { activeGrants, type LimitGrant, maxAt, maxGrants } from '../../domain/grant.js'
import { isoInstant } from '../../domain/instant.js'
import type { VersionedLimit } from '../../domain/limit.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { QuotaState } from '../../domain/state.js'
import type { Subject, SubjectRef } from '../../domain/subject.js'
import { planKind } from '../../domain/subject-kinds.js'
import { grantViews } from '../../stats/limit-state.js'
import { liveOwner, subjectOf } from '../call-counters.js'
import { answerOnly, type Decision } from '../decision.js'
import { subjectChanges } from '../subjects/revise-subject.js'

/**
 * Adds to a limit until an instant, also if the configuration file manages its subject; counters stay, alerts of the
 * limit start anew, and past grants are dropped. Idempotent by the grant's id.
 * @throws QuotaError UNKNOWN_PROVIDER, UNKNOWN_POOL, UNKNOWN_CONSUMER, ID_REUSED, INVALID_INPUT
 */
export function decideGrantQuota(state: QuotaState, command: GrantQuotaCommand, nowMs: number): Decision {
  const { id, limitId, amount, untilMs, actor } = command
  const ref: SubjectRef = { kind: command.subject.kind, name: command.subject.name }
  if (ref.kind === planKind)
    throw invalid('subject.kind', 'no call counts on a plan: grant more to its consumers, or change the plan')
  liveOwner(state, ref, 'subject.name')
  const before = subjectOf(state, ref)
  const limit = limitOf(before, limitId)
  const answerOf = (granted: VersionedLimit): Decision['answer'] => {
    const answer = { subject: ref, limitId, max: maxAt(granted, nowMs), grants: grantViews(granted, nowMs) }
    return () => answer
  }
  const known = limit.grants?.find(grant => grant.id === id)
  if (known !== undefined) {
    if (known.amount === amount && known.untilMs === untilMs) return answerOnly(answerOf(limit))
    throw new QuotaError('ID_REUSED', `id ${id} was used for another grant; use a new UUID`, { field: 'id' })
  }
  const version = before.version + 1
  const grants = [...activeGrants(limit, nowMs), { id, amount, untilMs }]
  refuseExcess(limit, grants, nowMs)
  const granted: VersionedLimit = { ...limit, grants, version }
  const limits = before.limits.map(other => (other === limit ? granted : other))
  const details = { limitId, amount, until: isoInstant(untilMs) }
  const audit = { atMs: nowMs, actor, action: 'quota.grant', subject: ref, details }
  return {
    changes: [
      ...subjectChanges(state, before, { ...before, limits, version }, nowMs),
      { table: 'audit', row: audit },
    ],
    answer: answerOf(granted),
  }
}

function limitOf({ kind, name, limits }: Subject, limitId: string): VersionedLimit {
  const limit = limits.find(({ id }) => id === limitId)
  if (limit === undefined) {
    const ids = limits.map(({ id }) => id).join(', ') || 'none'
    throw invalid('limitId', `${kind} "${name}" has no limit "${limitId}"; it has ${ids}`)
  }
  if (limit.max === null) throw invalid('limitId', `limit "${limitId}" has no max that could be added to`)
  return limit
}

function refuseExcess({ id, max }: VersionedLimit, grants: readonly LimitGrant[], nowMs: number): void {
  const untilMs = grants.at(-1)?.untilMs ?? 0
  if (untilMs <= nowMs) throw invalid('until', `until is ${isoInstant(untilMs)}, which has passed`)
  if (grants.length > maxGrants)
    throw invalid('limitId', `limit "${id}" has ${maxGrants} active grants; wait until one of them ends`)
  if (!Number.isSafeInteger(grants.reduce((sum, { amount }) => sum + amount, max ?? 0)))
    throw invalid('amount', 'the limit with its grants must be at most 9007199254740991')
}

function invalid(field: string, message: string): QuotaError {
  return new QuotaError('INVALID_INPUT', message, { field })
}
