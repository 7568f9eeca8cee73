import type { Attempt } from '../domain/attempt.js'
import { BySubject } from '../domain/by-subject.js'
import type { Command } from '../domain/command.js'
import type { Answer, Outcome, ProviderStats } from '../domain/outcome.js'
import { QuotaError } from '../domain/quota-error.js'
import type { Change, QuotaState } from '../domain/state.js'
import type { SubjectRef } from '../domain/subject.js'
import type { QuotaTables } from '../domain/tables.js'
import { providerStats } from '../stats/provider-stats.js'
import { concernedSubjects } from './concerned-subjects.js'
import { decide } from './decide.js'
import type { Decision } from './decision.js'
import { expire, inOrderOfExpiry } from './expire.js'

/** What a batch of commands does and says. */
export interface BatchDecision {
  /** Everything to make durable, in one piece, before any outcome is told. */
  readonly changes: readonly Change[]
  /** In the order of the commands. */
  readonly outcomes: readonly Outcome[]
}

/**
 * Decides commands one after the other on tables that hold the state of every subject concerned, and
 * keeps the changes there. Attempts of these subjects that are due expire first. A command that fails
 * changes nothing.
 */
export function decideBatch(
  tables: QuotaTables,
  commands: readonly Command[],
  clockMs: number,
): BatchDecision {
  const subjects = uniqueSubjects(commands.flatMap(command => concernedSubjects(tables, command)))
  const nowMs = subjectTime(tables, subjects, clockMs)
  const changes: Change[] = [...expireDue(tables, subjects, nowMs)]
  const decisions = commands.map((command): Decision | QuotaError => {
    const decision = decisionOrError(tables, command, nowMs)
    if (decision instanceof QuotaError) return decision
    tables.apply(decision.changes)
    for (const change of decision.changes) changes.push(change)
    return decision
  })
  const known = new Map<string, ProviderStats>()
  const stats = (providerName: string): ProviderStats => {
    const found = known.get(providerName) ?? providerStats(tables, providerName, nowMs)
    known.set(providerName, found)
    return found
  }
  const outcomes = decisions.map((decision): Outcome => {
    if (decision instanceof QuotaError) return { ok: false, error: decision }
    const answer: Answer = decision.answer({ stats })
    return { ok: true, answer }
  })
  return { changes, outcomes }
}

/** Time for these subjects: the clock, or what they have already seen, should the clock have moved back. */
export function subjectTime(state: QuotaState, subjects: Iterable<SubjectRef>, clockMs: number): number {
  let nowMs = clockMs
  for (const ref of subjects) {
    const owner = ref.kind === 'pool' ? state.pool(ref.name) : state.provider(ref.name)
    if (owner !== undefined) nowMs = Math.max(nowMs, owner.updatedAtMs)
    for (const counter of state.counters(ref)) nowMs = Math.max(nowMs, counter.atMs)
  }
  return nowMs
}

/** Expires every attempt of these subjects that is due, and keeps the changes in the tables. */
export function expireDue(
  tables: QuotaTables,
  subjects: Iterable<SubjectRef>,
  nowMs: number,
): readonly Change[] {
  const due = new Map<string, Attempt>()
  for (const ref of subjects) {
    for (const attempt of tables.dueAttempts(ref, nowMs)) due.set(attempt.id, attempt)
  }
  const changes: Change[] = []
  for (const attempt of inOrderOfExpiry(due.values())) {
    const expired = expire(tables, attempt, nowMs)
    tables.apply(expired)
    changes.push(...expired)
  }
  return changes
}

/** Each subject once. */
export function uniqueSubjects(subjects: Iterable<SubjectRef>): readonly SubjectRef[] {
  const unique = new BySubject<SubjectRef>()
  const found: SubjectRef[] = []
  for (const subject of subjects) {
    if (unique.get(subject) !== undefined) continue
    unique.set(subject, subject)
    found.push(subject)
  }
  return found
}

function decisionOrError(state: QuotaState, command: Command, nowMs: number): Decision | QuotaError {
  try {
    return decide(state, command, nowMs)
  } catch (error) {
    if (error instanceof QuotaError) return error
    throw error
  }
}
