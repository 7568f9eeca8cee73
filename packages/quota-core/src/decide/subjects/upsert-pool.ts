import { canonicalJson } from '../../domain/canonical-json.js'
import type { UpsertPoolCommand } from '../../domain/command.js'
import type { Pool } from '../../domain/provider.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { Change, QuotaState } from '../../domain/state.js'
import type { Subject } from '../../domain/subject.js'
import type { Decision } from '../decision.js'
import { revisedSubject, subjectChanges } from './revise-subject.js'

/**
 * Decides to create, change or revive a pool. Applying the same again changes nothing.
 * @throws QuotaError IN_USE, MANAGED_BY_FILE
 */
export function decideUpsertPool(state: QuotaState, command: UpsertPoolCommand, nowMs: number): Decision {
  const ref = { kind: 'pool', name: command.name } as const
  const pool = state.pool(command.name)
  const subject = pool === undefined ? undefined : state.subject(ref)
  if (pool?.removedAtMs === null && pool.managedBy === 'file' && command.managedBy !== 'file') {
    throw new QuotaError(
      'MANAGED_BY_FILE',
      `pool "${command.name}" is managed by the configuration file; change it there`,
      {
        field: 'name',
      },
    )
  }
  const revised = revisedSubject(subject, { ...command, ...ref })
  refuseMoving(state, subject, revised)
  const after: Pool = {
    name: command.name,
    managedBy: command.managedBy,
    removedAtMs: null,
    createdAtMs: pool?.createdAtMs ?? nowMs,
    updatedAtMs: nowMs,
  }
  const answer = { name: command.name }
  if (pool !== undefined && subject !== undefined && isSame(pool, after, subject, revised)) {
    return { changes: [], answer: () => answer }
  }
  const { actor, type, name, managedBy, ...settings } = command
  const changes: readonly Change[] = [
    { table: 'pool', row: after },
    ...subjectChanges(state, subject, revised, nowMs),
    {
      table: 'audit',
      row: { atMs: nowMs, actor, action: 'pools.upsert', subject: ref, details: { managedBy, ...settings } },
    },
  ]
  return { changes, answer: () => answer }
}

function refuseMoving(state: QuotaState, before: Subject | undefined, after: Subject): void {
  if (before === undefined) return
  const moved =
    before.timeZone !== after.timeZone
      ? 'timeZone'
      : before.dayStartsAt !== after.dayStartsAt
        ? 'dayStartsAt'
        : null
  if (moved === null || !state.hasPending(after)) return
  throw new QuotaError(
    'IN_USE',
    `pool "${after.name}" has calls in flight; change its ${moved} when they are settled`,
    { field: moved },
  )
}

function isSame(pool: Pool, after: Pool, before: Subject, revised: Subject): boolean {
  const { updatedAtMs } = pool
  return (
    canonicalJson(pool) === canonicalJson({ ...after, updatedAtMs }) &&
    canonicalJson({ ...before, version: 0 }) === canonicalJson({ ...revised, version: 0 })
  )
}
