import { type OwnerGuide, subjectsOfProvider } from '../../domain/call-subjects.js'
import type { Command } from '../../domain/command.js'
import { isAmong, providerRef, type SubjectRef } from '../../domain/subject.js'
import { providerKind } from '../../domain/subject-kinds.js'
import { openCandidates } from './open-candidates.js'

/** What tells the subjects of a command: a part of any QuotaState. */
export interface SubjectGuide extends OwnerGuide {
  attempt(id: string): { readonly providerName: string; readonly subjects: readonly SubjectRef[] } | undefined
}

/**
 * The subjects whose locks a command needs, as far as the state tells. A store locks these, loads the
 * state under the locks and asks again: what is missing then, it locks as well, and starts over.
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
    case 'acquire': {
      // A repetition answers for the provider that was chosen before, whoever is asked now.
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
      // Settled late, its provider may be in another pool by now, of which the answer tells.
      const now = subjectsOfProvider(state, attempt.providerName)
      for (const ref of now) if (!isAmong(attempt.subjects, ref)) return [...attempt.subjects, ...now]
      return attempt.subjects
    }
    case 'upsertProvider':
      return withParent(state, providerRef(command.name), command.pool)
    case 'upsertSubject':
      return withParent(state, { kind: command.kind, name: command.name }, command.parent)
    case 'removeSubject':
      return state.kinds.chain(state, { kind: command.kind, name: command.name })
    case 'setProviderEnabled':
    case 'retryProvider':
    case 'retryKey':
      return state.kinds.chain(state, { kind: providerKind, name: command.name })
  }
}

/** Names that a command says and that stand for no subject, as far as is known: it must stay so until it is written. */
export function labelsOf(state: SubjectGuide, command: Command): readonly SubjectRef[] {
  if (command.type === 'reserve' || command.type === 'record') return state.kinds.labelsOf(state, command)
  const [first] = command.type === 'acquire' ? command.candidates : []
  if (command.type !== 'acquire' || first === undefined) return []
  return state.kinds.labelsOf(state, { providerName: first.providerName, consumer: command.consumer })
}

/** The subject that a command creates, should it not exist; null for none. */
export function createdSubject(command: Command): SubjectRef | null {
  if (command.type === 'upsertProvider') return providerRef(command.name)
  return command.type === 'upsertSubject' ? { kind: command.kind, name: command.name } : null
}

/** The subject whose members a command looks at, which must all be known; null for none. */
export function subjectOfMembers(command: Command): SubjectRef | null {
  return command.type === 'removeSubject' ? { kind: command.kind, name: command.name } : null
}

/** A subject with its ancestors, those of the parent that it is to have, too. */
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
