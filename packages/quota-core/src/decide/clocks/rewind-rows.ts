import { v5 as uuidV5 } from 'uuid'
import type { Attempt } from '../../domain/attempt.js'
import { dateAt } from '../../domain/calendar.js'
import type { RewindCommand } from '../../domain/command.js'
import { addSums, isNoCounts, negateCounts, negateSums, noCounts } from '../../domain/counts.js'
import type { Change, LedgerSum, QuotaState } from '../../domain/state.js'
import { providerRef, subjectKey } from '../../domain/subject.js'
import { subjectOf } from '../call-counters.js'
import { inParts, type SumPart } from '../limits/sum-parts.js'
import { subjectsWrittenOff, usageChanges } from '../settlement/settle.js'
import { aheadFromMs } from './rewind-needs.js'

/** A call before and after re-dating. */
export interface Redated {
  readonly before: Attempt
  readonly after: Attempt
}

/**
 * The call as if it were made now, with its remaining time to live. Its order relative to the last usage reset stays,
 * so that exactly one of reset and late settlement takes its charge back.
 */
export function redated(state: QuotaState, before: Attempt, clockMs: number): Redated {
  const { occurredAtMs, expiresAtMs, settledAtMs } = before
  const isAhead = occurredAtMs >= aheadFromMs(clockMs)
  const wasResetAhead = before.subjects.some(ref => state.owner(ref)?.resetsAtMs.some(atMs => atMs > clockMs))
  const isWrittenOff = subjectsWrittenOff(state, before).length > 0
  const latestMs = wasResetAhead && !isWrittenOff ? clockMs + 1 : clockMs
  const after: Attempt = {
    ...before,
    settledAtMs: settledAtMs === null ? null : Math.min(settledAtMs, latestMs),
    ...(isAhead && {
      occurredAtMs: clockMs,
      date: today(state, before.providerName, clockMs),
      expiresAtMs: expiresAtMs === null ? null : Math.max(clockMs, expiresAtMs - (occurredAtMs - clockMs)),
    }),
  }
  return { before, after }
}

/** The changes of ledger, daily sums and hourly sums for re-dated calls. */
export function redatedChanges(state: QuotaState, calls: readonly Redated[]): readonly Change[] {
  return calls.flatMap(({ before, after }): readonly Change[] => [
    { table: 'redatedAttempt', row: after },
    ...usageChanges(state, before, negateCounts(before.charged)),
    ...usageChanges(state, after, after.charged),
  ])
}

/** The charges of calls, before or after re-dating, as movable sums. */
export function chargesOf(calls: readonly Redated[], pick: 'before' | 'after'): readonly LedgerSum[] {
  return calls
    .filter(({ before, after }) => before.occurredAtMs !== after.occurredAtMs && !isNoCounts(before.charged))
    .map(call => {
      const { subjects, providerName, poolName, model, consumer, endUser, date, occurredAtMs, charged } =
        call[pick]
      const bucketStartMs = minuteOf(occurredAtMs)
      const facts = { subjects, providerName, poolName, model, consumer, endUser, date }
      return { ...facts, bucketStartMs, charged, held: noCounts, heldCalls: 0 }
    })
}

/** `sums` minus `others`. */
export function withoutSums(sums: readonly LedgerSum[], others: readonly LedgerSum[]): readonly LedgerSum[] {
  const negated = others.map(sum => ({ ...sum, charged: negateSums(sum.charged) }))
  return merged([...sums, ...negated])
}

/** Where sums are moved; null for the present. */
type Targets = readonly LedgerSum[] | null

/**
 * Moves ledger sums to the present by signed rows: one subtracts at the old date, one adds at the new. The summed rows
 * are final and stay unchanged. With `targets`, moves the other way round.
 */
export function movedSums(
  state: QuotaState,
  sums: readonly LedgerSum[],
  {
    command,
    clockMs,
    targets = null,
  }: { readonly command: RewindCommand; readonly clockMs: number; readonly targets?: Targets },
): readonly Change[] {
  const present =
    targets ??
    sums.map(sum => ({
      ...sum,
      date: today(state, sum.providerName, clockMs),
      bucketStartMs: clockMs,
    }))
  const taken = merged(sums).map(sum => ({ ...sum, charged: negateSums(sum.charged) }))
  const parts = [...taken, ...merged(present)].flatMap(inParts)
  return parts.flatMap((part, index): readonly Change[] => {
    const row = movingRow({ command, clockMs, index }, part)
    return [{ table: 'attempt', row }, ...usageChanges(state, row, row.charged)]
  })
}

function movingRow(
  {
    command,
    clockMs,
    index,
  }: { readonly command: RewindCommand; readonly clockMs: number; readonly index: number },
  { subjects, providerName, poolName, model, consumer, endUser, date, bucketStartMs, charged }: SumPart,
): Attempt {
  return {
    // Idempotent: a repetition finds nothing left to move.
    id: uuidV5(`rewind ${clockMs} ${index}`, command.id),
    kind: 'adjustment',
    requestId: '',
    subjects,
    providerName,
    poolName,
    model,
    consumer,
    endUser,
    state: 'committed',
    reserved: noCounts,
    charged,
    estimated: false,
    outcome: null,
    occurredAtMs: bucketStartMs,
    date,
    expiresAtMs: null,
    settledAtMs: clockMs,
    requestHash: '',
    settleHash: null,
    metadata: { rewind: command.id, actor: command.actor },
  }
}

/** Merges sums of equal key and drops empty ones. */
function merged(sums: readonly LedgerSum[]): readonly LedgerSum[] {
  const byKey = new Map<string, LedgerSum>()
  for (const sum of sums) {
    const key = keyOfSum(sum)
    const known = byKey.get(key)
    byKey.set(key, known === undefined ? sum : { ...known, charged: addSums(known.charged, sum.charged) })
  }
  return [...byKey.values()].filter(({ charged }) => !isNoCounts(charged))
}

/** The key that identifies a sum. */
export function keyOfSum(sum: LedgerSum): string {
  const { subjects, providerName, poolName, model, consumer, endUser, date, bucketStartMs } = sum
  const refs = subjects.map(subjectKey)
  return JSON.stringify([refs, providerName, poolName, model, consumer, endUser, date, bucketStartMs])
}

function today(state: QuotaState, providerName: string, clockMs: number): string {
  return dateAt(subjectOf(state, providerRef(providerName)), clockMs)
}

const minuteMs = 60_000

function minuteOf(instantMs: number): number {
  return Math.floor(instantMs / minuteMs) * minuteMs
}
