import type { StoreContractCase } from './contract-case.js'
import { recordCases } from './record-cases.js'
import { reserveCases } from './reserve-cases.js'
import { settleCases } from './settle-cases.js'

export type { StoreContractCase } from './contract-case.js'
export type { StoreHarness } from './harness.js'

/**
 * What every store must guarantee. Run each case in your runner, with a harness of its own; skip those
 * that say `needsClock` where the store's clock cannot be moved.
 */
export const quotaStoreContract: readonly StoreContractCase[] = [
  ...reserveCases,
  ...settleCases,
  ...recordCases,
]
