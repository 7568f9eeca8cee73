import { BySubject } from '../domain/by-subject.js'
import type { Command, ExpireCommand } from '../domain/command.js'
import type { Answer, Outcome, ProviderStats } from '../domain/outcome.js'
import { QuotaError } from '../domain/quota-error.js'
import type { Change, QuotaState, SubjectModels } from '../domain/state.js'
import type { SubjectRef } from '../domain/subject.js'
import type { QuotaTables } from '../domain/tables.js'
import { statsAfterCall } from '../stats/provider-stats.js'
import { applyChanges } from './apply-changes.js'
import { subjectTime } from './clocks/subject-time.js'
import { decide } from './decide.js'
import { answerOnly, type Decision } from './decision.js'
import { concernedModels } from './needs/concerned-models.js'
import { concernedSubjects } from './needs/concerned-subjects.js'
import { expireAll } from './settlement/expire.js'

/** The changes and outcomes of a batch of commands. */
export interface BatchDecision {
  /** All changes of the batch. Make them durable atomically before returning any outcome. */
  readonly changes: readonly Change[]
  /** In the order of the commands. */
  readonly outcomes: readonly Outcome[]
}

/**
 * Decides commands in order on tables that hold the state of every subject concerned, and applies the changes there. A
 * failed command changes nothing. Due attempts stay held until an `expire` command expires them.
 *
 * @param models what {@link concernedModels} gives for these tables and commands, for a store that has asked already
 */
export function decideBatch(
  tables: QuotaTables,
  commands: readonly Command[],
  clockMs: number,
  models: readonly SubjectModels[] = concernedModels(tables, commands),
): BatchDecision {
  let nowMs = subjectTime(tables, models, clockMs)
  const changes: Change[] = []
  const decisions = commands.map((command): Decision | Failed => {
    if (command.type === 'expire') {
      const { changes: expiries, expired } = expireAll(tables, command, nowMs)
      for (const change of expiries) changes.push(change)
      return answerOnly(() => ({ expired }))
    }
    const isRewind = command.type === 'rewind'
    const decision = decisionOrError(tables, command, isRewind ? clockMs : nowMs)
    if ('error' in decision) return decision
    const following = applyChanges(tables, decision.changes)
    if (isRewind) nowMs = subjectTime(tables, concernedModels(tables, commands), clockMs)
    for (const change of decision.changes) changes.push(change)
    for (const change of following) changes.push(change)
    return decision
  })
  const known = new Map<string, ProviderStats>()
  const stats = (providerName: string, model: string): ProviderStats => {
    const key = `${providerName}\n${model}`
    const found = known.get(key) ?? statsAfterCall(tables, { providerName, model }, nowMs)
    known.set(key, found)
    return found
  }
  const outcomes = decisions.map((decision): Outcome => {
    const awaits = decision.awaits ?? noSubjects
    if ('error' in decision) return withAwaited({ ok: false, error: decision.error }, awaits)
    const answer: Answer = decision.answer({ stats })
    return withAwaited({ ok: true, answer }, awaits)
  })
  return { changes, outcomes }
}

/** The subjects without duplicates. */
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

/** Shared by the usual case, to allocate nothing. */
const noSubjects: readonly SubjectRef[] = []

function withAwaited(outcome: Outcome, awaits: readonly SubjectRef[]): Outcome {
  return awaits.length === 0 ? outcome : { ...outcome, awaits: uniqueSubjects(awaits) }
}

/** A command that has failed. */
interface Failed {
  readonly error: QuotaError
  readonly awaits?: readonly SubjectRef[]
}

function decisionOrError(
  state: QuotaState,
  command: Exclude<Command, ExpireCommand>,
  nowMs: number,
): Decision | Failed {
  try {
    return decide(state, command, nowMs)
  } catch (error) {
    if (!(error instanceof QuotaError)) throw error
    // A subject used only by due attempts becomes free once they expire.
    if (error.code !== 'IN_USE') return { error }
    return { error, awaits: concernedSubjects(state, command).filter(ref => state.hasDue(ref, nowMs)) }
  }
}
