import { v5 as uuidV5 } from 'uuid'
import type { Attempt } from '../../domain/attempt.js'
import { dateAt } from '../../domain/calendar.js'
import type { ResetUsageCommand } from '../../domain/command.js'
import { type Counter, charge } from '../../domain/counter.js'
import {
  addSums,
  type CountSums,
  isNoCounts,
  measuredUnits,
  negateCounts,
  noCounts,
  saturatedCounts,
} from '../../domain/counts.js'
import { concernsModel, counterModel } from '../../domain/limit.js'
import type { Owner } from '../../domain/owner.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { Change, LedgerSum, QuotaState } from '../../domain/state.js'
import { isSameSubject, type Subject, type SubjectRef } from '../../domain/subject.js'
import { providerKind } from '../../domain/subject-kinds.js'
import { currentCounter, liveOwner, subjectOf } from '../call-counters.js'
import { answerOnly, type Decision } from '../decision.js'
import { ledgerQueryOfReset } from '../needs/ledger-queries.js'
import { usageChanges } from '../settlement/settle.js'
import { revisedAt } from '../subjects/revised-at.js'
import { clearedCounters } from './revise-limits.js'
import { inParts, type SumPart } from './sum-parts.js'

/**
 * Resets today's usage of a subject; that of a provider also in its pool. The ledger keeps its rows and gets signed
 * rows beside them, so that all totals agree. Calls in flight stay held, and other subjects of the calls keep their
 * usage.
 * @throws QuotaError UNKNOWN_PROVIDER, UNKNOWN_POOL, ID_REUSED; INVALID_INPUT for a kind that is reset only with its
 * members
 */
export function decideResetUsage(state: QuotaState, command: ResetUsageCommand, nowMs: number): Decision {
  const { kind, name } = command.subject
  const ref: SubjectRef = { kind, name }
  const owner = liveOwner(state, ref, `${kind}Name`)
  if (state.kinds.isResetByMembers(kind)) {
    const members = state.kinds
      .dependentsOf(kind)
      .map(member => `${member}s`)
      .join(' or ')
    const message = `a ${kind} cannot be reset by itself: reset one of its ${members}`
    throw new QuotaError('INVALID_INPUT', message, { field: `${kind}Name` })
  }
  const subject = subjectOf(state, ref)
  const answer: Decision['answer'] = after =>
    kind === providerKind ? { stats: after.stats(name, '') } : { name }
  if (hasHappened(state, command)) return answerOnly(answer)
  const chain = state.kinds.resetWith(state.kinds.chain(state, ref), ref)
  const rows = takenBackRows(state, { command, chain, subject, nowMs })
  const version = subject.version + 1
  const takenBack = rows.reduce<CountSums>((sum, row) => addSums(sum, negateCounts(row.charged)), noCounts)
  const details = { takenBack: saturatedCounts(takenBack) }
  const audit = { atMs: nowMs, actor: command.actor, action: 'usage.reset', subject: ref, details }
  const changes: readonly Change[] = [
    ...rows.flatMap((row): readonly Change[] => [
      { table: 'attempt', row },
      ...usageChanges(state, row, row.charged),
    ]),
    {
      table: 'owner',
      row: { ...owner, resetsAtMs: withReset(owner, subject, nowMs), updatedAtMs: revisedAt(owner, nowMs) },
    },
    {
      table: 'subject',
      row: { ...subject, version, limits: subject.limits.map(limit => ({ ...limit, version })) },
    },
    ...ownCounters(state, subject, rows, nowMs),
    ...chain.slice(0, -1).flatMap(above => countersAbove(state, above, rows, nowMs)),
    { table: 'audit', row: audit },
  ]
  return { changes, answer }
}

/** Late settlements need the resets of every day whose rows are kept: 90 days, with some reserve. */
const maxResets = 100

/**
 * Keeps the last reset of each day, which includes the earlier ones. Always later than the one before, even in the same
 * millisecond, so that expiries between them can be ordered.
 */
function withReset({ resetsAtMs }: Owner, subject: Subject, nowMs: number): readonly number[] {
  const today = dateAt(subject, nowMs)
  const earlier = resetsAtMs.filter(resetAtMs => dateAt(subject, resetAtMs) !== today)
  const last = resetsAtMs.at(-1) ?? 0
  return [...earlier, dateAt(subject, last) === today ? Math.max(nowMs, last + 1) : nowMs].slice(-maxResets)
}

/** Whether this reset was carried out before: a repetition does not take back later usage. */
function hasHappened(state: QuotaState, { id, subject }: ResetUsageCommand): boolean {
  const known = state.attempt(id)
  if (known === undefined) return false
  if (known.kind === 'adjustment' && known.subjects.some(ref => isSameSubject(ref, subject))) return true
  throw new QuotaError('ID_REUSED', `id ${id} was used for another payload; use a new UUID`, { field: 'id' })
}

/** Inputs of a reset's changes. */
interface Reset {
  readonly command: ResetUsageCommand
  /** The subject and the ancestors that are reset with it, outermost first; all are locked. */
  readonly chain: readonly SubjectRef[]
  readonly subject: Subject
  readonly nowMs: number
}

/** The signed rows. An empty reset leaves one too, so that its repetition is recognised. */
function takenBackRows(state: QuotaState, reset: Reset): readonly Attempt[] {
  const { command, chain, subject, nowMs } = reset
  const sums = state
    .ledgerSums(ledgerQueryOfReset(command.subject, subject, nowMs))
    .filter(sum => !isNoCounts(sum.charged))
  const { kind, name } = command.subject
  const nothing: LedgerSum = {
    subjects: chain,
    providerName: kind === providerKind ? name : '',
    poolName: chain.at(-2)?.name ?? null,
    model: '',
    consumer: '',
    endUser: '',
    date: dateAt(subject, nowMs),
    bucketStartMs: nowMs,
    charged: noCounts,
    held: noCounts,
    heldCalls: 0,
  }
  const parts = (sums.length === 0 ? [nothing] : sums).flatMap(inParts)
  return parts.map((part, index) => adjustment(state, reset, part, index))
}

function adjustment(
  state: QuotaState,
  { command, chain, nowMs }: Reset,
  sum: SumPart,
  index: number,
): Attempt {
  // Usage through a former parent stays with that parent: its lock is not held here.
  const subjects = state.kinds
    .resetWith(sum.subjects, command.subject)
    .filter(ref => chain.some(locked => isSameSubject(locked, ref)))
  const isOfPool = subjects.some(({ kind, name }) => kind !== providerKind && name === sum.poolName)
  return {
    id: index === 0 ? command.id : uuidV5(`reset ${index}`, command.id),
    kind: 'adjustment',
    requestId: '',
    subjects,
    providerName: sum.providerName,
    poolName: command.subject.kind === providerKind && isOfPool ? sum.poolName : null,
    model: sum.model,
    consumer: sum.consumer,
    endUser: sum.endUser,
    state: 'committed',
    reserved: noCounts,
    charged: negateCounts(sum.charged),
    estimated: false,
    outcome: null,
    occurredAtMs: sum.bucketStartMs,
    date: sum.date,
    expiresAtMs: null,
    settledAtMs: nowMs,
    requestHash: '',
    settleHash: null,
    metadata: { reset: command.id, actor: command.actor },
  }
}

/** Windows longer than a day lose today's share; rolling levels and vendor reports are cleared. */
function ownCounters(
  state: QuotaState,
  subject: Subject,
  rows: readonly Attempt[],
  nowMs: number,
): readonly Change[] {
  return clearedCounters(state, subject, nowMs).map(change => {
    if (change.table !== 'counter') return change
    const limit = subject.limits.find(candidate => candidate.id === change.row.limitId)
    const before = limit && currentCounter(state, subject, limit, change.row.model, nowMs)
    if (limit === undefined || before === undefined) return change
    const { used } = takenBack(before, subject, limit, rows)
    return { table: 'counter', row: { ...change.row, used } }
  })
}

/** An ancestor's counters lose the subject's usage of today. */
function countersAbove(
  state: QuotaState,
  ref: SubjectRef,
  rows: readonly Attempt[],
  nowMs: number,
): readonly Change[] {
  const subject = subjectOf(state, ref)
  const own = rows.filter(row => row.subjects.some(other => isSameSubject(other, ref)))
  const changes: Change[] = []
  for (const known of state.counters(ref)) {
    const limit = subject.limits.find(candidate => candidate.id === known.limitId)
    if (limit === undefined) continue
    const before = currentCounter(state, subject, limit, known.model, nowMs)
    changes.push({ table: 'counter', row: takenBack(before, subject, limit, own) })
  }
  return changes
}

function counts(limit: Subject['limits'][number], { model }: Counter, row: Attempt): boolean {
  return concernsModel(limit, row.model) && counterModel(limit, row) === model
}

/**
 * The counter after the signed rows. Some rows may add units: a reset skips usage through a pool that the provider has
 * left, and the next reset undoes both. Rows that add go first, so that no counter falls below zero in between.
 */
function takenBack(
  counter: Counter,
  subject: Subject,
  limit: Subject['limits'][number],
  rows: readonly Attempt[],
): Counter {
  return rows
    .filter(row => counts(limit, counter, row))
    .map(row => ({ units: measuredUnits(row.charged, limit), atMs: row.occurredAtMs }))
    .sort((left, right) => right.units - left.units)
    .reduce(
      (current, { units, atMs }) =>
        charge(current, limit, subject, { units, occurredAtMs: atMs, spentAtMs: atMs }),
      counter,
    )
}
