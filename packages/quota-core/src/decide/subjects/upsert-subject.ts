import { canonicalJson } from '../../domain/canonical-json.js'
import type { UpsertSubjectCommand } from '../../domain/command.js'
import { movedSetting } from '../../domain/day-rule.js'
import type { Owner, PlainOwner } from '../../domain/owner.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { Change, QuotaState } from '../../domain/state.js'
import { isSameSubject, type Subject, type SubjectRef } from '../../domain/subject.js'
import { liveOwner } from '../call-counters.js'
import type { Decision } from '../decision.js'
import { type AskedSubject, askedSubject } from './asked-subject.js'
import { refuseForeign } from './managed-by.js'
import { subjectChanges } from './revise-subject.js'

/**
 * Creates, changes or revives an owner that has only limits and a parent, such as a pool. Idempotent.
 * @throws QuotaError UNKNOWN_POOL, INVALID_INPUT for a parent that it cannot have, IN_USE, MANAGED_BY_FILE
 */
export function decideUpsertSubject(
  state: QuotaState,
  command: UpsertSubjectCommand,
  nowMs: number,
): Decision {
  const asked = askedSubject(state, command)
  const { ref, before, revised } = asked
  refuseForeign(before?.owner, command)
  const parent = askedParent(state, ref, command) ?? null
  const after = revisedOwner(command, { before: before?.owner, parent, nowMs })
  if (before !== null) refuseMoving(state, before.subject, revised)
  const answer = { name: command.name }
  if (before !== null && isSame(before, after, revised)) return { changes: [], answer: () => answer }
  const { actor, type, kind, name, managedBy, ...settings } = command
  const changes: readonly Change[] = [
    { table: 'owner', row: after },
    ...subjectChanges(state, before?.subject, revised, nowMs),
    {
      table: 'audit',
      row: {
        atMs: nowMs,
        actor,
        action: `${kind}s.upsert`,
        subject: ref,
        details: { managedBy, ...settings },
      },
    },
  ]
  return { changes, answer: () => answer }
}

function revisedOwner(
  { kind, name, managedBy }: UpsertSubjectCommand,
  of: { readonly before: Owner | undefined; readonly parent: SubjectRef | null; readonly nowMs: number },
): PlainOwner {
  const { before, parent, nowMs } = of
  return {
    kind,
    name,
    parent,
    managedBy,
    removedAtMs: null,
    resetsAtMs: before?.resetsAtMs ?? [],
    createdAtMs: before?.createdAtMs ?? nowMs,
    updatedAtMs: nowMs,
  }
}

/** The parent after the command: in use and not a descendant. Calls in flight stay with their former subjects. */
function askedParent(
  state: QuotaState,
  ref: SubjectRef,
  { parent: name }: UpsertSubjectCommand,
): SubjectRef | null {
  const current = state.owner(ref)?.parent ?? null
  if (name === undefined || name === null) return name === null ? null : current
  const { parentKind } = state.kinds.of(ref.kind)
  if (parentKind === null) throw invalidParent(`a ${ref.kind} has no parent`)
  const parent: SubjectRef = { kind: parentKind, name }
  if (current !== null && isSameSubject(current, parent)) return current
  liveOwner(state, parent, 'parent')
  if (state.kinds.chain(state, parent).some(above => isSameSubject(above, ref)))
    throw invalidParent(`${parent.kind} "${name}" is below ${ref.kind} "${ref.name}" already`)
  return parent
}

function invalidParent(message: string): QuotaError {
  return new QuotaError('INVALID_INPUT', message, { field: 'parent' })
}

function refuseMoving(state: QuotaState, before: Subject, after: Subject): void {
  const moved = movedSetting(before, after)
  if (moved === null || !state.hasPending(after)) return
  throw new QuotaError(
    'IN_USE',
    `${after.kind} "${after.name}" has calls in flight; change its ${moved} when they are settled`,
    { field: moved },
  )
}

function isSame(
  { owner, subject }: NonNullable<AskedSubject['before']>,
  after: Owner,
  revised: Subject,
): boolean {
  const { updatedAtMs } = owner
  return (
    canonicalJson(owner) === canonicalJson({ ...after, updatedAtMs }) &&
    canonicalJson({ ...subject, version: 0 }) === canonicalJson({ ...revised, version: 0 })
  )
}
