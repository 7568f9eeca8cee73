import type { Attempt } from '../domain/attempt.js'
import { addSums, type Counts, isNoCounts, noCounts } from '../domain/counts.js'
import type { LedgerQuery, LedgerSum } from '../domain/state.js'
import { isSameSubject, subjectKey } from '../domain/subject.js'

/** Sums attempts by a {@link LedgerQuery}. */
export function ledgerSums(attempts: Iterable<Attempt>, query: LedgerQuery): readonly LedgerSum[] {
  const sums = new Map<string, LedgerSum>()
  for (const attempt of attempts) {
    if (!concerns(attempt, query)) continue
    const charged = attempt.occurredAtMs >= query.fromMs ? attempt.charged : noCounts
    const isHeld = attempt.state === 'pending' && attempt.occurredAtMs >= query.heldFromMs
    const held = isHeld ? attempt.reserved : noCounts
    if (isNoCounts(charged) && !isHeld) continue
    add(sums, attempt, bucketStart(attempt, query), { charged, held, heldCalls: isHeld ? 1 : 0 })
  }
  return [...sums.values()]
}

function concerns(attempt: Attempt, { subject }: LedgerQuery): boolean {
  return attempt.subjects.some(ref => isSameSubject(ref, subject))
}

function bucketStart(attempt: Attempt, { fromMs, bucketMs }: LedgerQuery): number {
  const elapsedMs = Math.max(0, attempt.occurredAtMs - fromMs)
  return fromMs + Math.floor(elapsedMs / bucketMs) * bucketMs
}

function add(
  sums: Map<string, LedgerSum>,
  { subjects, providerName, poolName, model, consumer, endUser, date }: Attempt,
  bucketStartMs: number,
  counts: { readonly charged: Counts; readonly held: Counts; readonly heldCalls: number },
): void {
  const refs = subjects.map(subjectKey).join('\n')
  const key = `${refs}\n\n${providerName}\n${poolName ?? ''}\n${model}\n${consumer}\n${endUser}\n${date}\n${bucketStartMs}`
  const reported = { subjects, providerName, poolName, model, consumer, endUser, date, bucketStartMs }
  const sum = sums.get(key) ?? { ...reported, charged: noCounts, held: noCounts, heldCalls: 0 }
  sums.set(key, {
    ...sum,
    charged: addSums(sum.charged, counts.charged),
    held: addSums(sum.held, counts.held),
    heldCalls: sum.heldCalls + counts.heldCalls,
  })
}
