import { subjectsOfProvider } from '../../domain/call-subjects.js'
import type { LearnLimitsCommand } from '../../domain/command.js'
import { isLearned, type Limit } from '../../domain/limit.js'
import type { Change, QuotaState } from '../../domain/state.js'
import type { Subject } from '../../domain/subject.js'
import { knownProvider, subjectOf } from '../call-counters.js'
import type { Decision } from '../decision.js'
import { subjectChanges } from '../subjects/revise-subject.js'
import { isOutdated, learnedLimits } from './learnable-limits.js'
import { versioned } from './revise-limits.js'

/**
 * Adds limits reported by a vendor to its subject, beside the configured ones. Like any added limit, they start from
 * the ledger's sum of their window.
 * @throws QuotaError UNKNOWN_PROVIDER
 */
export function decideLearnLimits(state: QuotaState, command: LearnLimitsCommand, nowMs: number): Decision {
  const provider = knownProvider(state, command.providerName)
  const learned = learnedLimits(state, command, nowMs)
  const changes: Change[] = []
  for (const ref of subjectsOfProvider(state, provider.name)) {
    const before = subjectOf(state, ref)
    const own = learned.filter(({ subject }) => subject.kind === ref.kind).map(({ limit }) => limit)
    const kept = before.limits.filter(
      limit => !isOutdated(before, limit, command.facts, nowMs) && !own.some(hasIdOf(limit)),
    )
    if (own.length === 0 && kept.length === before.limits.length) continue
    changes.push(...relearned(state, before, [...kept, ...own], nowMs))
  }
  const changed = changes.length > 0
  return { changes, answer: () => ({ changed }) }
}

/** Removes the learned limits of a subject; the vendor's next answers bring them back. No changes if there are none. */
export function forgottenLimits(state: QuotaState, subject: Subject, nowMs: number): readonly Change[] {
  const configured = subject.limits.filter(limit => !isLearned(limit))
  return configured.length === subject.limits.length ? [] : relearned(state, subject, configured, nowMs)
}

function relearned(
  state: QuotaState,
  before: Subject,
  limits: readonly Limit[],
  nowMs: number,
): readonly Change[] {
  const version = before.version + 1
  const after = { ...before, version, limits: versioned(before, { ...before, limits, version }) }
  const { kind, name } = before
  const details = { limits: after.limits.filter(isLearned).map(({ id, max }) => ({ id, max })) }
  const row = { atMs: nowMs, actor: 'vendor', action: 'limits.learn', subject: { kind, name }, details }
  return [...subjectChanges(state, before, after, nowMs), { table: 'audit', row }]
}

function hasIdOf(limit: Limit): (other: Limit) => boolean {
  return other => other.id === limit.id
}
