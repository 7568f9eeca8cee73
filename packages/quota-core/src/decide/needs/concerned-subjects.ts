import { type OwnerGuide, subjectsOfProvider } from '../../domain/call-subjects.js'
import type { Command, UpsertConsumerCommand } from '../../domain/command.js'
import { isAmong, providerRef, type SubjectRef } from '../../domain/subject.js'
import { providerKind } from '../../domain/subject-kinds.js'
import { planAfter } from '../subjects/plan-limits.js'
import { openCandidates } from './open-candidates.js'

/** The part of a QuotaState that determines the subjects of a command. */
export interface SubjectGuide extends OwnerGuide {
  attempt(id: string): { readonly providerName: string; readonly subjects: readonly SubjectRef[] } | undefined
}

/**
 * The subjects that a command must lock, computed from what the state holds. A store locks these, loads the state under
 * the locks and calls again; if subjects are missing then, it locks them too and starts over.
 */
export function concernedSubjects(state: SubjectGuide, command: Command): readonly SubjectRef[] {
  switch (command.type) {
    case 'expire':
      return command.attempts.flatMap(({ subjects }) => subjects)
    case 'rewind':
      return command.subjects
    case 'reserve':
    case 'record':
      return state.kinds.ofCall(state, command)
    case 'observe':
    case 'learnLimits':
      return subjectsOfProvider(state, command.providerName)
    case 'resetUsage':
      return state.kinds.resetWith(state.kinds.chain(state, command.subject), command.subject)
    case 'grantQuota':
      return [command.subject]
    case 'acquire': {
      // A repetition answers for the provider chosen first, whatever its candidates are now.
      const repeated = state.attempt(command.id)
      const { consumer } = command
      const candidates = openCandidates(command).flatMap(({ providerName }) =>
        state.kinds.ofCall(state, { providerName, consumer }),
      )
      return repeated === undefined ? candidates : [...repeated.subjects, ...candidates]
    }
    case 'commit':
    case 'release':
    case 'extend': {
      const attempt = state.attempt(command.reservationId)
      if (attempt === undefined) return []
      // A late settlement's provider may be in another pool by now, whose limits the answer lists.
      const now = subjectsOfProvider(state, attempt.providerName)
      for (const ref of now) if (!isAmong(attempt.subjects, ref)) return [...attempt.subjects, ...now]
      return attempt.subjects
    }
    case 'upsertProvider':
      return withParent(state, providerRef(command.name), command.pool)
    case 'upsertSubject':
      return withParent(state, { kind: command.kind, name: command.name }, command.parent)
    case 'upsertConsumer':
      return withPlan(state, command)
    case 'removeSubject':
    case 'setEnabled':
      return state.kinds.chain(state, { kind: command.kind, name: command.name })
    case 'retryProvider':
    case 'retryKey':
      return state.kinds.chain(state, { kind: providerKind, name: command.name })
  }
}

/**
 * Names in a command that are labels, not subjects, as far as the state shows. This must still hold when the store
 * writes.
 */
export function labelsOf(state: SubjectGuide, command: Command): readonly SubjectRef[] {
  if (command.type === 'reserve' || command.type === 'record') return state.kinds.labelsOf(state, command)
  const [first] = command.type === 'acquire' ? command.candidates : []
  if (command.type !== 'acquire' || first === undefined) return []
  return state.kinds.labelsOf(state, { providerName: first.providerName, consumer: command.consumer })
}

/** The subject that a command creates if it does not exist; null for none. */
export function createdSubject(command: Command): SubjectRef | null {
  if (command.type === 'upsertProvider') return providerRef(command.name)
  const isOther = command.type === 'upsertSubject' || command.type === 'upsertConsumer'
  return isOther ? { kind: command.kind, name: command.name } : null
}

/** Most members that a refusal names. */
export const maxMembersNamed = 10

/** Which members of a subject a command reads: those in use. */
export interface NeededMembers {
  readonly subject: SubjectRef
  /**
   * `direct`: direct members; if there are more than {@link maxMembersNamed}, any of them, at least one more than that.
   * `deepest`: the members on a longest path below the subject, since a consumer that gets another parent takes its
   * descendants along, and the number of levels is bounded.
   */
  readonly which: 'direct' | 'deepest'
}

/** The members that a command reads, which must be loaded; null for none. */
export function neededMembers(command: Command): NeededMembers | null {
  if (command.type === 'removeSubject')
    return { subject: { kind: command.kind, name: command.name }, which: 'direct' }
  if (command.type === 'upsertConsumer' && typeof command.parent === 'string')
    return { subject: { kind: command.kind, name: command.name }, which: 'deepest' }
  return null
}

/** A consumer with its ancestors, those of its future parent, and its plan. */
function withPlan(state: OwnerGuide, command: UpsertConsumerCommand): readonly SubjectRef[] {
  const ref: SubjectRef = { kind: command.kind, name: command.name }
  const plan = planAfter(state.owner(ref), command)
  const subjects = withParent(state, ref, command.parent)
  return plan === null ? subjects : [...subjects, plan]
}

/** A subject with its ancestors, including those of its future parent. */
function withParent(
  state: OwnerGuide,
  ref: SubjectRef,
  parentName: string | null | undefined,
): readonly SubjectRef[] {
  const current = state.kinds.chain(state, ref)
  const { parentKind } = state.kinds.of(ref.kind)
  if (parentName === null || parentName === undefined || parentKind === null) return current
  return [...current, ...state.kinds.chain(state, { kind: parentKind, name: parentName })]
}
