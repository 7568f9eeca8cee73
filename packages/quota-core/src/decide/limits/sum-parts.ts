import {
  addSums,
  type CountSums,
  type Counts,
  isNoCounts,
  negateCounts,
  saturatedCounts,
} from '../../domain/counts.js'
import type { LedgerSum } from '../../domain/state.js'

/** A sum, or a part of one, small enough for a ledger row. */
export type SumPart = Omit<LedgerSum, 'charged'> & { readonly charged: Counts }

/** Splits a sum into parts that fit ledger rows, which hold at most 2^53 − 1 of each count. */
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
