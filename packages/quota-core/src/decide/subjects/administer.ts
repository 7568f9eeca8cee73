import type { RemoveCommand, RetryProviderCommand, SetEnabledCommand } from '../../domain/command.js'
import { type Pool, type Provider, subjectsOfCall } from '../../domain/provider.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { Change, QuotaState } from '../../domain/state.js'
import type { SubjectRef } from '../../domain/subject.js'
import { knownPool, knownProvider, liveProvider, subjectOf } from '../call-counters.js'
import { answerOnly, type Decision } from '../decision.js'
import { forgottenLimits } from '../limits/learn-limits.js'
import { touchedSubject } from './revise-subject.js'

/**
 * Decides to take a provider or a pool out of use. What is out of use already stays so.
 * @throws QuotaError UNKNOWN_PROVIDER, UNKNOWN_POOL, IN_USE, MANAGED_BY_FILE
 */
export function decideRemove(state: QuotaState, command: RemoveCommand, nowMs: number): Decision {
  const answer: Decision['answer'] = () => ({ name: command.name })
  const kind = command.type === 'removeProvider' ? 'provider' : 'pool'
  const owner =
    kind === 'provider'
      ? ({ table: 'provider', row: knownProvider(state, command.name, 'name') } as const)
      : ({ table: 'pool', row: knownPool(state, command.name, 'name') } as const)
  if (owner.row.removedAtMs !== null) return answerOnly(answer)
  refuseRemoval(state, command, owner.row)
  const removedAt = { removedAtMs: nowMs, updatedAtMs: nowMs }
  const ref: SubjectRef = { kind, name: command.name }
  const changes: readonly Change[] = [
    owner.table === 'provider'
      ? { table: 'provider', row: { ...owner.row, ...removedAt } }
      : { table: 'pool', row: { ...owner.row, ...removedAt } },
    touchedSubject(subjectOf(state, ref)),
    {
      table: 'audit',
      row: { atMs: nowMs, actor: command.actor, action: `${kind}s.remove`, subject: ref, details: {} },
    },
  ]
  return { changes, answer }
}

function refuseRemoval(state: QuotaState, command: RemoveCommand, { managedBy }: Provider | Pool): void {
  const kind = command.type === 'removeProvider' ? 'provider' : 'pool'
  if (managedBy === 'file' && command.managedBy !== 'file') {
    throw new QuotaError(
      'MANAGED_BY_FILE',
      `${kind} "${command.name}" is managed by the configuration file; remove it there`,
      { field: 'name' },
    )
  }
  const members = kind === 'pool' ? state.poolMembers(command.name) : []
  if (members.length === 0) return
  throw new QuotaError(
    'IN_USE',
    `pool "${command.name}" is used by ${members.join(', ')}; move them out of it first`,
    { field: 'name' },
  )
}

/**
 * Decides to switch a provider on or off. Only an admin's word changes this, in either direction.
 * @throws QuotaError UNKNOWN_PROVIDER
 */
export function decideSetEnabled(state: QuotaState, command: SetEnabledCommand, nowMs: number): Decision {
  const provider = liveProvider(state, command.name, 'name')
  const answer: Decision['answer'] = () => ({ name: command.name })
  if (provider.enabled === command.enabled) return { changes: [], answer }
  const ref: SubjectRef = { kind: 'provider', name: command.name }
  const changes: readonly Change[] = [
    { table: 'provider', row: { ...provider, enabled: command.enabled, updatedAtMs: nowMs } },
    touchedSubject(subjectOf(state, ref)),
    {
      table: 'audit',
      row: {
        atMs: nowMs,
        actor: command.actor,
        action: 'providers.setEnabled',
        subject: ref,
        details: { enabled: command.enabled },
      },
    },
  ]
  return { changes, answer }
}

/**
 * Decides to end a provider's cool-downs, and those of its pool, so that the next call tries it. What was
 * learned of its limits is forgotten: whoever asks for this knows that something has changed at the vendor.
 * @throws QuotaError UNKNOWN_PROVIDER
 */
export function decideRetry(state: QuotaState, command: RetryProviderCommand, nowMs: number): Decision {
  const provider = liveProvider(state, command.name, 'name')
  const changes: Change[] = []
  for (const ref of subjectsOfCall({ providerName: provider.name, poolName: provider.pool })) {
    for (const coolDown of state.coolDowns(ref)) changes.push({ table: 'endedCoolDown', row: coolDown })
    changes.push(...forgottenLimits(state, subjectOf(state, ref), nowMs))
  }
  if (changes.length > 0) {
    const subject: SubjectRef = { kind: 'provider', name: command.name }
    const details = { ended: changes.filter(({ table }) => table === 'endedCoolDown').length }
    const row = { atMs: nowMs, actor: command.actor, action: 'providers.retry', subject, details }
    changes.push({ table: 'audit', row })
  }
  return { changes, answer: () => ({ name: command.name }) }
}
