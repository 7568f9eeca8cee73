import type {
  UpsertConsumerCommand,
  UpsertProviderCommand,
  UpsertSubjectCommand,
} from '../../domain/command.js'
import type { Owner } from '../../domain/owner.js'
import type { QuotaState } from '../../domain/state.js'
import { providerRef, type Subject, type SubjectRef } from '../../domain/subject.js'
import { limitsWithPlan } from './plan-limits.js'
import { revisedSubject } from './revise-subject.js'

/** A subject before and after a change of settings. */
export interface AskedSubject {
  readonly ref: SubjectRef
  /** Null for a new owner. */
  readonly before: { readonly owner: Owner; readonly subject: Subject } | null
  readonly revised: Subject
}

/**
 * The subject that the command requests. Both the decision and the loading of ledger sums use this function: reading
 * sums of other days or limits than were loaded is an error.
 */
export function askedSubject(
  state: QuotaState,
  command: UpsertProviderCommand | UpsertSubjectCommand | UpsertConsumerCommand,
): AskedSubject {
  const isProvider = command.type === 'upsertProvider'
  const ref = isProvider ? providerRef(command.name) : { kind: command.kind, name: command.name }
  const owner = state.owner(ref)
  const subject = state.subject(ref)
  const before = owner === undefined || subject === undefined ? null : { owner, subject }
  const timeZoneWhenNew = isProvider && owner === undefined ? command.timeZoneWhenNew : undefined
  const timeZone = command.timeZone ?? timeZoneWhenNew
  const limits =
    command.type === 'upsertConsumer' ? limitsWithPlan(state, subject, owner, command) : command.limits
  return { ref, before, revised: revisedSubject(ref, before?.subject, { ...command, timeZone, limits }) }
}
