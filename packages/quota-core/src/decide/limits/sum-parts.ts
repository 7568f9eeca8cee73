import {
  addSums,
  type CountSums,
  type Counts,
  isNoCounts,
  negateCounts,
  saturatedCounts,
} from '../../domain/counts.js'
import type { LedgerSum } from '../../domain/state.js'

/** A sum, or a part of it, that a row of the ledger can hold. */
export type SumPart = Omit<LedgerSum, 'charged'> & { readonly charged: Counts }

/** The sum in as many parts as it takes: a row of the ledger holds no more than 2^53 − 1 of anything. */
export function inParts(sum: LedgerSum): readonly SumPart[] {
  const parts: SumPart[] = []
  let rest: CountSums = sum.charged
  do {
    const charged = saturatedCounts(rest)
    parts.push({ ...sum, charged })
    rest = addSums(rest, negateCounts(charged))
  } while (!isNoCounts(rest))
  return parts
}
