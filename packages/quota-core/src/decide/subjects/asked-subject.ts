import type { UpsertProviderCommand, UpsertSubjectCommand } from '../../domain/command.js'
import type { Owner } from '../../domain/owner.js'
import type { QuotaState } from '../../domain/state.js'
import { providerRef, type Subject, type SubjectRef } from '../../domain/subject.js'
import { revisedSubject } from './revise-subject.js'

/** What a change of settings makes of a subject. */
export interface AskedSubject {
  readonly ref: SubjectRef
  /** Null for an owner that is new. */
  readonly before: { readonly owner: Owner; readonly subject: Subject } | null
  readonly revised: Subject
}

/**
 * The subject as the command asks for it. Decided and loaded for by this alone: sums over the ledger that are asked for
 * by other days or limits than were loaded are an error.
 */
export function askedSubject(
  state: QuotaState,
  command: UpsertProviderCommand | UpsertSubjectCommand,
): AskedSubject {
  const isProvider = command.type === 'upsertProvider'
  const ref = isProvider ? providerRef(command.name) : { kind: command.kind, name: command.name }
  const owner = state.owner(ref)
  const subject = state.subject(ref)
  const before = owner === undefined || subject === undefined ? null : { owner, subject }
  const timeZoneWhenNew = isProvider && owner === undefined ? command.timeZoneWhenNew : undefined
  const timeZone = command.timeZone ?? timeZoneWhenNew
  return { ref, before, revised: revisedSubject(ref, before?.subject, { ...command, timeZone }) }
}
