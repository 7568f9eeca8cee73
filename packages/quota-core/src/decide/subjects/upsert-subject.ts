import { canonicalJson } from '../../domain/canonical-json.js'
import type { UpsertConsumerCommand, UpsertSubjectCommand } from '../../domain/command.js'
import { movedSetting } from '../../domain/day-rule.js'
import type { Owner, PlainOwner } from '../../domain/owner.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { Change, QuotaState } from '../../domain/state.js'
import { isAmong, isSameSubject, type Subject, type SubjectRef } from '../../domain/subject.js'
import { consumerKind } from '../../domain/subject-kinds.js'
import { liveOwner, subjectOf } from '../call-counters.js'
import type { Decision } from '../decision.js'
import { type AskedSubject, askedSubject } from './asked-subject.js'
import { auditedManager, managedAfter, refuseForeign } from './managed-by.js'
import { refuseUnless } from './only-if.js'
import { subjectChanges, touchedSubject } from './revise-subject.js'
import { type RevisedFrom, recordOf, revisedConsumer } from './revised-consumer.js'

/**
 * Creates, changes or revives an owner other than a provider. Idempotent.
 * @throws QuotaError UNKNOWN_POOL, UNKNOWN_CONSUMER, UNKNOWN_PLAN, NAME_TAKEN, REVISION_CHANGED, INVALID_INPUT for a parent that it cannot have, IN_USE, MANAGED_BY_FILE
 */
export function decideUpsertSubject(
  state: QuotaState,
  command: UpsertSubjectCommand | UpsertConsumerCommand,
  nowMs: number,
): Decision {
  refuseUnless(state, { kind: command.kind, name: command.name }, command)
  const { ref, before, revised } = askedSubject(state, command)
  const answer = { name: command.name }
  refuseForeign(before?.owner, command)
  const parent = askedParent(state, ref, command) ?? null
  const of = { before: before?.owner, parent, nowMs }
  const after =
    command.type === 'upsertConsumer' ? revisedConsumer(state, command, of) : revisedOwner(command, of)
  if (before !== null) refuseMoving(state, before.subject, revised)
  if (before !== null && isSame(before, after, revised)) return { changes: [], answer: () => answer }
  const { actor, type, kind, name, managedBy, onlyIf, expectedUpdatedAtMs, ...settings } = command
  const changes: readonly Change[] = [
    { table: 'owner', row: after },
    ...lossesOf(state, before?.owner.parent ?? null, parent),
    ...subjectChanges(state, before?.subject, revised, nowMs),
    {
      table: 'audit',
      row: {
        atMs: nowMs,
        actor,
        action: `${kind}s.upsert`,
        subject: ref,
        details: { ...auditedManager(command), ...settings },
      },
    },
  ]
  return { changes, answer: () => answer }
}

/** Marks the consumers that lose a member, which moves from one parent to another. */
function lossesOf(state: QuotaState, from: SubjectRef | null, to: SubjectRef | null): readonly Change[] {
  if (from === null || (to !== null && isSameSubject(from, to))) return []
  const kept = to === null ? [] : state.kinds.chain(state, to)
  return state.kinds.chain(state, from).flatMap((ref): readonly Change[] => {
    const owner = state.owner(ref)
    if (isAmong(kept, ref) || owner?.kind !== consumerKind || owner.lostMembers) return []
    return [{ table: 'owner', row: { ...owner, lostMembers: true } }, touchedSubject(subjectOf(state, ref))]
  })
}

function revisedOwner(command: UpsertSubjectCommand, of: RevisedFrom): PlainOwner {
  const { kind, name } = command
  return { kind, name, managedBy: managedAfter(of.before, command), ...recordOf(of) }
}

/** The parent after the command: in use and not a descendant. Calls in flight stay with their former subjects. */
function askedParent(
  state: QuotaState,
  ref: SubjectRef,
  { parent: name }: Pick<UpsertSubjectCommand, 'parent'>,
): SubjectRef | null {
  const owner = state.owner(ref)
  const current = owner?.parent ?? null
  if (name === null || (name === undefined && current === null)) return null
  const { parentKind, maxLevels } = state.kinds.of(ref.kind)
  if (parentKind === null) throw invalidParent(`a ${ref.kind} has no parent`)
  const parent: SubjectRef = { kind: parentKind, name: name ?? current?.name ?? '' }
  const isRevived = owner !== undefined && owner.removedAtMs !== null
  // While it was removed, its former parent could be removed or moved further down.
  if (!isRevived && current !== null && isSameSubject(current, parent)) return current
  liveOwner(state, parent, 'parent')
  const above = state.kinds.chain(state, parent)
  if (above.some(ancestor => isSameSubject(ancestor, ref)))
    throw invalidParent(`${parent.kind} "${parent.name}" is below ${ref.kind} "${ref.name}" already`)
  const levels = above.filter(({ kind }) => kind === ref.kind).length + levelsUnder(state, ref)
  if (levels > maxLevels)
    throw invalidParent(`this makes ${levels} levels of ${ref.kind}s; there may be at most ${maxLevels}`)
  return parent
}

/** Levels of owners of the same kind from this one down. */
function levelsUnder(state: QuotaState, ref: SubjectRef): number {
  const members = state.members(ref).filter(({ kind }) => kind === ref.kind)
  return 1 + Math.max(0, ...members.map(member => levelsUnder(state, member)))
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
