import { costMicroUsd, type Price } from '@quotakeeper/vendors/prices'
import type { CommitInput } from '../api/quota-api.js'
import type { Log } from '../log.js'
import type { Candidate } from '../routing/resolve-model.js'
import type { Charge } from './charge.js'

const maxNoticed = 1_000

/** Logs each called model without a known price once. */
export class UnpricedModels {
  readonly #log: Log
  readonly #noticed = new Set<string>()

  constructor(log: Log) {
    this.#log = log
  }

  notice(vendor: string, model: string): void {
    const name = `${vendor}/${model}`
    if (this.#noticed.has(name) || this.#noticed.size >= maxNoticed) return
    this.#noticed.add(name)
    this.#log.warn({ name }, 'unknown price: this model’s calls are marked as estimated')
  }
}

/** A charge with its cost, as the API takes it. */
export type PricedCharge = Omit<CommitInput, 'reservationId'>

/** What the cost of a call is worked out from. */
export interface Pricing {
  readonly candidate: Candidate
  /** As of its reservation, so that a price that is removed meanwhile still counts; null if none was known. */
  readonly price: Price | null
  /** Whether anybody counts money: prices are configured, or a limit on cost concerns the call. */
  readonly isMoneyCounted: boolean
  readonly unpriced: UnpricedModels
}

/** Adds the cost to a charge: as stated by the vendor, otherwise by the price. Of a part of the output, it is the least. */
export function pricedCharge(
  { cacheWriteTokenCount = 0, isCostPartial = false, ...charge }: Charge,
  { candidate: { provider, model }, price, isMoneyCounted, unpriced }: Pricing,
): PricedCharge {
  // A stated cost counts, including 0.
  const { costMicroUsd: stated } = charge
  if (stated !== undefined && !(isCostPartial && price !== null)) return charge
  // Refused calls cost nothing unless counted.
  if (charge.outcome === 'refused' && tokensOf(charge) === 0) return charge
  if (price !== null) {
    const counts = { ...countsOf(charge), cacheWriteTokenCount }
    return { ...charge, costMicroUsd: Math.max(stated ?? 0, costMicroUsd(price, counts)) }
  }
  // No known price does not mean free.
  if (!isMoneyCounted || isNothing(charge)) return charge
  unpriced.notice(provider.vendor, model)
  return { ...charge, estimated: true }
}

function countsOf(charge: PricedCharge) {
  const { requestCount = 1, inputTokenCount = 0, outputTokenCount = 0, cachedInputTokenCount = 0 } = charge
  return { requestCount, inputTokenCount, outputTokenCount, cachedInputTokenCount }
}

function isNothing(charge: PricedCharge): boolean {
  return countsOf(charge).requestCount + tokensOf(charge) === 0
}

function tokensOf(charge: PricedCharge): number {
  const { inputTokenCount, outputTokenCount } = countsOf(charge)
  return inputTokenCount + outputTokenCount
}
