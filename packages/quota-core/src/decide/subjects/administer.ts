import { subjectsOfProvider } from '../../domain/call-subjects.js'
import type { RemoveSubjectCommand, RetryProviderCommand, SetEnabledCommand } from '../../domain/command.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { Change, QuotaState } from '../../domain/state.js'
import { providerRef, type SubjectRef } from '../../domain/subject.js'
import { knownOwner, liveOwner, liveProvider, subjectOf } from '../call-counters.js'
import { answerOnly, type Decision } from '../decision.js'
import { forgottenLimits } from '../limits/learn-limits.js'
import { maxMembersNamed } from '../needs/concerned-subjects.js'
import { refuseForeign } from './managed-by.js'
import { refuseChanged } from './only-if.js'
import { touchedSubject } from './revise-subject.js'
import { revisedAt } from './revised-at.js'

/**
 * Removes an owner. Idempotent.
 * @throws QuotaError UNKNOWN_PROVIDER, UNKNOWN_POOL, UNKNOWN_CONSUMER, UNKNOWN_PLAN, IN_USE, MANAGED_BY_FILE,
 *   REVISION_CHANGED
 */
export function decideRemove(state: QuotaState, command: RemoveSubjectCommand, nowMs: number): Decision {
  const { kind, name, actor } = command
  const ref: SubjectRef = { kind, name }
  const answer: Decision['answer'] = () => ({ name })
  const owner = knownOwner(state, ref, 'name')
  if (owner.removedAtMs !== null) return answerOnly(answer)
  refuseChanged(owner, ref, command, 'removal')
  refuseForeign(owner, command, 'remove')
  refuseWithMembers(state, ref)
  const changes: readonly Change[] = [
    { table: 'owner', row: { ...owner, removedAtMs: nowMs, updatedAtMs: revisedAt(owner, nowMs) } },
    touchedSubject(subjectOf(state, ref)),
    {
      table: 'audit',
      row: { atMs: nowMs, actor, action: `${kind}s.remove`, subject: ref, details: {} },
    },
  ]
  return { changes, answer }
}

function refuseWithMembers(state: QuotaState, ref: SubjectRef): void {
  const members = state.members(ref).map(({ name }) => name)
  if (members.length === 0) return
  const more = members.length > maxMembersNamed ? ' and others' : ''
  throw new QuotaError(
    'IN_USE',
    `${ref.kind} "${ref.name}" is used by ${members.slice(0, maxMembersNamed).join(', ')}${more}; remove them from it first`,
    { field: 'name' },
  )
}

/**
 * Enables or disables an owner. Only an admin changes this, in either direction.
 * @throws QuotaError UNKNOWN_PROVIDER, UNKNOWN_CONSUMER
 */
export function decideSetEnabled(state: QuotaState, command: SetEnabledCommand, nowMs: number): Decision {
  const ref: SubjectRef = { kind: command.kind, name: command.name }
  const owner = liveOwner(state, ref, 'name')
  if (!('enabled' in owner)) throw new Error(`a ${ref.kind} cannot be disabled`)
  const answer: Decision['answer'] = () => ({ name: command.name })
  if (owner.enabled === command.enabled) return { changes: [], answer }
  const changes: readonly Change[] = [
    { table: 'owner', row: { ...owner, enabled: command.enabled, updatedAtMs: revisedAt(owner, nowMs) } },
    touchedSubject(subjectOf(state, ref)),
    {
      table: 'audit',
      row: {
        atMs: nowMs,
        actor: command.actor,
        action: `${ref.kind}s.setEnabled`,
        subject: ref,
        details: { enabled: command.enabled },
      },
    },
  ]
  return { changes, answer }
}

/**
 * Ends the cool-downs of a provider and its pool, so that the next call tries it. Also removes learned limits: the
 * admin knows that something has changed at the vendor.
 * @throws QuotaError UNKNOWN_PROVIDER
 */
export function decideRetry(state: QuotaState, command: RetryProviderCommand, nowMs: number): Decision {
  const provider = liveProvider(state, command.name, 'name')
  const changes: Change[] = []
  for (const ref of subjectsOfProvider(state, provider.name)) {
    for (const coolDown of state.coolDowns(ref)) changes.push({ table: 'endedCoolDown', row: coolDown })
    changes.push(...forgottenLimits(state, subjectOf(state, ref), nowMs))
  }
  if (changes.length > 0) {
    const subject = providerRef(command.name)
    const details = { ended: changes.filter(({ table }) => table === 'endedCoolDown').length }
    const row = { atMs: nowMs, actor: command.actor, action: 'providers.retry', subject, details }
    changes.push({ table: 'audit', row })
  }
  return { changes, answer: () => ({ name: command.name }) }
}
