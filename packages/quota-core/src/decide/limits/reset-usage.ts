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
import { concernsModel } from '../../domain/limit.js'
import type { Provider } from '../../domain/provider.js'
import { QuotaError } from '../../domain/quota-error.js'
import type { Change, LedgerSum, QuotaState } from '../../domain/state.js'
import type { Subject } from '../../domain/subject.js'
import { currentCounter, liveProvider, subjectOf } from '../call-counters.js'
import { answerOnly, type Decision } from '../decision.js'
import { ledgerQueryOfReset } from '../needs/ledger-needs.js'
import { usageChanges } from '../settlement/settle.js'
import { clearedCounters } from './revise-limits.js'
import { inParts, type SumPart } from './sum-parts.js'

/**
 * Decides to take back what a provider has used today. The ledger keeps its rows and gets signed
 * ones beside them, so that every total still agrees; what is in flight stays held.
 * @throws QuotaError UNKNOWN_PROVIDER, ID_REUSED
 */
export function decideResetUsage(state: QuotaState, command: ResetUsageCommand, nowMs: number): Decision {
  const provider = liveProvider(state, command.providerName)
  const subject = subjectOf(state, { kind: 'provider', name: provider.name })
  const answer: Decision['answer'] = after => ({ stats: after.stats(provider.name, '') })
  if (hasHappened(state, command)) return answerOnly(answer)
  const rows = takenBackRows(state, { command, provider, subject, nowMs })
  const version = subject.version + 1
  const changes: readonly Change[] = [
    ...rows.flatMap((row): readonly Change[] => [
      { table: 'attempt', row },
      ...usageChanges(state, row, row.charged),
    ]),
    {
      table: 'provider',
      row: { ...provider, resetsAtMs: withReset(provider, subject, nowMs), updatedAtMs: nowMs },
    },
    {
      table: 'subject',
      row: { ...subject, version, limits: subject.limits.map(limit => ({ ...limit, version })) },
    },
    ...providerCounters(state, subject, rows, nowMs),
    ...poolCounters(state, provider, rows, nowMs),
    {
      table: 'audit',
      row: {
        atMs: nowMs,
        actor: command.actor,
        action: 'usage.reset',
        subject: { kind: 'provider', name: provider.name },
        details: {
          takenBack: saturatedCounts(
            rows.reduce<CountSums>((sum, row) => addSums(sum, negateCounts(row.charged)), noCounts),
          ),
        },
      },
    },
  ]
  return { changes, answer }
}

/** Calls may be settled late for as long as their rows are kept: 90 days, and some more of them. */
const mostResets = 100

/**
 * Of each day the last reset alone: it has taken back what those before it have, too. Later than the one before, even in
 * the same millisecond: what has expired between them is told by it.
 */
function withReset({ resetsAtMs }: Provider, subject: Subject, nowMs: number): readonly number[] {
  const today = dateAt(subject, nowMs)
  const earlier = resetsAtMs.filter(resetAtMs => dateAt(subject, resetAtMs) !== today)
  const last = resetsAtMs.at(-1) ?? 0
  return [...earlier, dateAt(subject, last) === today ? Math.max(nowMs, last + 1) : nowMs].slice(-mostResets)
}

/** Whether this very reset was carried out before: what has come since is not its to take. */
function hasHappened(state: QuotaState, { id, providerName }: ResetUsageCommand): boolean {
  const known = state.attempt(id)
  if (known === undefined) return false
  if (known.kind === 'adjustment' && known.providerName === providerName) return true
  throw new QuotaError('ID_REUSED', `id ${id} was used for another payload; use a new UUID`, { field: 'id' })
}

/** What a reset is made of. */
interface Reset {
  readonly command: ResetUsageCommand
  readonly provider: Provider
  readonly subject: Subject
  readonly nowMs: number
}

/** The signed rows; a reset of nothing leaves one, too, so that its repetition is told from a new one. */
function takenBackRows(state: QuotaState, reset: Reset): readonly Attempt[] {
  const { provider, subject, nowMs } = reset
  const sums = state
    .ledgerSums(ledgerQueryOfReset(provider.name, subject, nowMs))
    .filter(sum => !isNoCounts(sum.charged))
  const nothing: LedgerSum = {
    providerName: provider.name,
    poolName: provider.pool,
    model: '',
    consumer: '',
    date: dateAt(subject, nowMs),
    bucketStartMs: nowMs,
    charged: noCounts,
    held: noCounts,
  }
  const parts = (sums.length === 0 ? [nothing] : sums).flatMap(inParts)
  return parts.map((part, index) => adjustment(reset, part, index))
}

function adjustment({ command, provider, nowMs }: Reset, sum: SumPart, index: number): Attempt {
  return {
    id: index === 0 ? command.id : uuidV5(`reset ${index}`, command.id),
    kind: 'adjustment',
    requestId: '',
    providerName: provider.name,
    // A pool that the provider has left keeps what was used through it: its lock is not held here.
    poolName: sum.poolName === provider.pool ? sum.poolName : null,
    model: sum.model,
    consumer: sum.consumer,
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

/** Windows longer than today lose today's share; rolling levels and what the vendor said are cleared. */
function providerCounters(
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

/** The pool's counters lose what this provider has put into them today. */
function poolCounters(
  state: QuotaState,
  provider: Provider,
  rows: readonly Attempt[],
  nowMs: number,
): readonly Change[] {
  const ref = { kind: 'pool', name: provider.pool ?? '' } as const
  if (provider.pool === null) return []
  const subject = subjectOf(state, ref)
  const changes: Change[] = []
  for (const known of state.counters(ref)) {
    const limit = subject.limits.find(candidate => candidate.id === known.limitId)
    if (limit === undefined) continue
    const before = currentCounter(state, subject, limit, known.model, nowMs)
    const own = rows.filter(row => row.poolName === provider.pool)
    changes.push({ table: 'counter', row: takenBack(before, subject, limit, own) })
  }
  return changes
}

function counts(limit: Subject['limits'][number], counterModel: string, row: Attempt): boolean {
  return concernsModel(limit, row.model) && (limit.per !== 'model' || counterModel === row.model)
}

/**
 * The counter without what rows take back. Some may add: a reset takes back without its pool what was used through one
 * that its provider has left, and the next one undoes both. Those go first, as no counter falls below zero in between.
 */
function takenBack(
  counter: Counter,
  subject: Subject,
  limit: Subject['limits'][number],
  rows: readonly Attempt[],
): Counter {
  return rows
    .filter(row => counts(limit, counter.model, row))
    .map(row => ({ units: measuredUnits(row.charged, limit), atMs: row.occurredAtMs }))
    .sort((left, right) => right.units - left.units)
    .reduce(
      (current, { units, atMs }) =>
        charge(current, limit, subject, { units, occurredAtMs: atMs, spentAtMs: atMs }),
      counter,
    )
}
