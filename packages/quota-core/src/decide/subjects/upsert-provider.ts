import { canonicalJson } from '../../domain/canonical-json.js'
import type { UpsertProviderCommand } from '../../domain/command.js'
import { movedSetting } from '../../domain/day-rule.js'
import type { Provider } from '../../domain/owner.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { Change, QuotaState } from '../../domain/state.js'
import { providerRef, type Subject, type SubjectRef } from '../../domain/subject.js'
import { providerKind } from '../../domain/subject-kinds.js'
import { liveOwner } from '../call-counters.js'
import type { Decision } from '../decision.js'
import { askedSubject } from './asked-subject.js'
import { auditedManager, managedAfter, refuseForeign } from './managed-by.js'
import { refuseUnless } from './only-if.js'
import { subjectChanges } from './revise-subject.js'
import { revisedAt } from './revised-at.js'

/** A provider as it was before a change. */
interface Before {
  readonly provider: Provider
  readonly subject: Subject
}

/**
 * Creates, changes or revives a provider. Idempotent.
 * @throws QuotaError INVALID_INPUT, UNKNOWN_PROVIDER, NAME_TAKEN, UNKNOWN_POOL, IN_USE, MANAGED_BY_FILE, REVISION_CHANGED
 */
export function decideUpsertProvider(
  state: QuotaState,
  command: UpsertProviderCommand,
  nowMs: number,
): Decision {
  refuseUnless(state, providerRef(command.name), command)
  const { before: known, revised } = askedSubject(state, command)
  const provider = state.provider(command.name)
  const before = provider === undefined || known === null ? undefined : { provider, subject: known.subject }
  refuseForeign(before?.provider, command)
  const after = revisedProvider(state, before?.provider, command, nowMs)
  const joins = !isSameParent(before?.provider, after) || before?.provider.removedAtMs !== null
  if (after.parent !== null && joins) liveOwner(state, after.parent, 'pool')
  refuseMoving(state, before, after, revised)
  const { name } = command
  if (before !== undefined && isSame(before, after, revised)) {
    const { updatedAtMs } = before.provider
    return { changes: [], answer: () => ({ name, updatedAtMs }) }
  }
  const changes: readonly Change[] = [
    { table: 'owner', row: after },
    ...subjectChanges(state, before?.subject, revised, nowMs),
    audit(command, nowMs),
  ]
  return { changes, answer: () => ({ name, updatedAtMs: after.updatedAtMs }) }
}

function isSameParent(before: Provider | undefined, after: Provider): boolean {
  return before?.parent?.name === after.parent?.name
}

function revisedProvider(
  state: QuotaState,
  before: Provider | undefined,
  command: UpsertProviderCommand,
  nowMs: number,
): Provider {
  const vendor = command.vendor ?? before?.vendor
  if (vendor === undefined) {
    throw new QuotaError('INVALID_INPUT', `provider "${command.name}" is new: name its vendor`, {
      field: 'vendor',
    })
  }
  return {
    ...providerRef(command.name),
    vendor,
    parent: parentOf(state, before, command),
    models: command.models ?? before?.models ?? ['*'],
    priority: command.priority ?? before?.priority ?? 100,
    onExpiry: command.onExpiry ?? before?.onExpiry ?? 'charge',
    consumers: command.consumers === undefined ? (before?.consumers ?? null) : command.consumers,
    metadata: command.metadata ?? before?.metadata ?? {},
    managedBy: managedAfter(before, command),
    enabled: before?.enabled ?? true,
    removedAtMs: null,
    resetsAtMs: before?.resetsAtMs ?? [],
    createdAtMs: before?.createdAtMs ?? nowMs,
    updatedAtMs: revisedAt(before, nowMs),
  }
}

/** The provider's parent after the command. */
function parentOf(
  state: QuotaState,
  before: Provider | undefined,
  { pool }: UpsertProviderCommand,
): SubjectRef | null {
  if (pool === undefined) return before?.parent ?? null
  const { parentKind } = state.kinds.of(providerKind)
  return pool === null || parentKind === null ? null : { kind: parentKind, name: pool }
}

/** Calls in flight hold quota of the pool and days in which they were reserved. */
function refuseMoving(
  state: QuotaState,
  before: Before | undefined,
  after: Provider,
  revised: Subject,
): void {
  if (before === undefined || !state.hasPending(revised)) return
  const moved = !isSameParent(before.provider, after) ? 'pool' : movedSetting(before.subject, revised)
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
  const { actor, type, managedBy, name, timeZoneWhenNew, onlyIf, expectedUpdatedAtMs, ...settings } = command
  const details = { ...auditedManager(command), ...settings }
  return {
    table: 'audit',
    row: { atMs: nowMs, actor, action: 'providers.upsert', subject: providerRef(name), details },
  }
}
