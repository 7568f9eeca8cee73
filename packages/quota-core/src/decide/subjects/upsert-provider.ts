import { canonicalJson } from '../../domain/canonical-json.js'
import type { UpsertProviderCommand } from '../../domain/command.js'
import type { Provider } from '../../domain/provider.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { Change, QuotaState } from '../../domain/state.js'
import type { Subject } from '../../domain/subject.js'
import { livePool } from '../call-counters.js'
import type { Decision } from '../decision.js'
import { askedTimeZone } from './provider-zone.js'
import { revisedSubject, subjectChanges } from './revise-subject.js'

/** A provider as it was before a change. */
interface Before {
  readonly provider: Provider
  readonly subject: Subject
}

/**
 * Decides to create, change or revive a provider. Applying the same again changes nothing.
 * @throws QuotaError INVALID_INPUT, UNKNOWN_POOL, IN_USE, MANAGED_BY_FILE
 */
export function decideUpsertProvider(
  state: QuotaState,
  command: UpsertProviderCommand,
  nowMs: number,
): Decision {
  const ref = { kind: 'provider', name: command.name } as const
  const provider = state.provider(command.name)
  const subject = state.subject(ref)
  const before = provider === undefined || subject === undefined ? undefined : { provider, subject }
  refuseForeign(before, command)
  const after = revisedProvider(before?.provider, command, nowMs)
  const joins = before?.provider.pool !== after.pool || before.provider.removedAtMs !== null
  if (after.pool !== null && joins) livePool(state, after.pool, 'pool')
  const timeZone = askedTimeZone(state, command)
  const revised = revisedSubject(before?.subject, { ...command, ...ref, timeZone })
  refuseMoving(state, before, after, revised)
  const answer = { name: command.name }
  const same = before !== undefined && isSame(before, after, revised)
  if (same) return { changes: [], answer: () => answer }
  const changes: readonly Change[] = [
    { table: 'provider', row: after },
    ...subjectChanges(state, before?.subject, revised, nowMs),
    audit(command, nowMs),
  ]
  return { changes, answer: () => answer }
}

function refuseForeign(before: Before | undefined, command: UpsertProviderCommand): void {
  if (before?.provider.removedAtMs !== null) return
  if (before.provider.managedBy !== 'file' || command.managedBy === 'file') return
  throw new QuotaError(
    'MANAGED_BY_FILE',
    `provider "${command.name}" is managed by the configuration file; change it there`,
    { field: 'name' },
  )
}

function revisedProvider(
  before: Provider | undefined,
  command: UpsertProviderCommand,
  nowMs: number,
): Provider {
  const vendor = command.vendor ?? before?.vendor
  if (vendor === undefined) {
    throw new QuotaError('INVALID_INPUT', `provider "${command.name}" is new: say its vendor`, {
      field: 'vendor',
    })
  }
  return {
    name: command.name,
    vendor,
    pool: command.pool === undefined ? (before?.pool ?? null) : command.pool,
    models: command.models ?? before?.models ?? ['*'],
    priority: command.priority ?? before?.priority ?? 100,
    onExpiry: command.onExpiry ?? before?.onExpiry ?? 'charge',
    metadata: command.metadata ?? before?.metadata ?? {},
    managedBy: command.managedBy,
    enabled: before?.enabled ?? true,
    removedAtMs: null,
    resetsAtMs: before?.resetsAtMs ?? [],
    createdAtMs: before?.createdAtMs ?? nowMs,
    updatedAtMs: nowMs,
  }
}

/** Attempts in flight hold quota of the pool and of the days that they were reserved in. */
function refuseMoving(
  state: QuotaState,
  before: Before | undefined,
  after: Provider,
  revised: Subject,
): void {
  if (before === undefined || !state.hasPending(revised)) return
  const moved =
    before.provider.pool !== after.pool
      ? 'pool'
      : before.subject.timeZone !== revised.timeZone
        ? 'timeZone'
        : before.subject.dayStartsAt !== revised.dayStartsAt
          ? 'dayStartsAt'
          : null
  if (moved === null) return
  throw new QuotaError(
    'IN_USE',
    `provider "${after.name}" has calls in flight; change its ${moved} when they are settled, or disable it first`,
    { field: moved },
  )
}

function isSame(before: Before, after: Provider, revised: Subject): boolean {
  const { updatedAtMs } = before.provider
  return (
    canonicalJson(before.provider) === canonicalJson({ ...after, updatedAtMs }) &&
    canonicalJson({ ...before.subject, version: 0 }) === canonicalJson({ ...revised, version: 0 })
  )
}

function audit(command: UpsertProviderCommand, nowMs: number): Change {
  const { actor, type, managedBy, name, timeZoneWhenNew, ...settings } = command
  const details = { managedBy, ...settings }
  return {
    table: 'audit',
    row: { atMs: nowMs, actor, action: 'providers.upsert', subject: { kind: 'provider', name }, details },
  }
}
