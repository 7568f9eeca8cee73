import { type Counts, countNames } from './counts.js'
import type { Metadata } from './owner.js'

/** The most units that one call can have used, of anything: no model reads or writes a million million tokens. */
export const maxUnitsOfCall: number = 2 ** 40
/** The most money that one call can have cost, in millionths of a dollar: a thousand million dollars. */
export const maxCostOfCall = 1_000_000_000_000_000

/** Counts as they are counted, and those that were too large as they came; null where none was. */
export interface CappedCounts {
  readonly counts: Counts
  readonly original: Partial<Counts> | null
}

/** Caps what one call is said to have used: a vendor's absurd figure must not spend a quota for ever. */
export function cappedCounts(counts: Counts): CappedCounts {
  let original: Partial<Counts> | null = null
  let capped = counts
  for (const name of countNames) {
    const max = name === 'costMicroUsd' ? maxCostOfCall : maxUnitsOfCall
    if (counts[name] <= max) continue
    original = { ...(original ?? {}), [name]: counts[name] }
    capped = { ...capped, [name]: max }
  }
  return { counts: capped, original }
}

/** The metadata of a call, with the counts that were too large to be counted. */
export function withOriginal(metadata: Metadata, original: CappedCounts['original']): Metadata {
  return original === null ? metadata : { ...metadata, reportedCounts: original }
}
