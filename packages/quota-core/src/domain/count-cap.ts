import { type Counts, countNames } from './counts.js'
import type { Metadata } from './owner.js'

/** Largest plausible count of one call: no model reads or writes a million million tokens. */
export const maxUnitsOfCall: number = 2 ** 40
/** Largest plausible cost of one call, in millionths of a US dollar: a thousand million dollars. */
export const maxCostOfCall = 1_000_000_000_000_000

/** The capped counts, and the original ones that were too large; null if none was. */
export interface CappedCounts {
  readonly counts: Counts
  readonly original: Partial<Counts> | null
}

/** Caps the reported usage of one call, so that an absurd figure of a vendor does not spend a quota for ever. */
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

/** Adds the counts that were capped to the metadata of a call. */
export function withOriginal(metadata: Metadata, original: CappedCounts['original']): Metadata {
  return original === null ? metadata : { ...metadata, reportedCounts: original }
}
