import type { Log } from '../log.js'
import type { Candidate } from '../routing/resolve-model.js'
import type { Charge } from './charge.js'
import { costMicroUsd, type Price, type PricedCounts, type PriceList } from './price-list.js'
import type { CallCounts, Reservation } from './reservation.js'

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

/** The price list, and the log of unpriced models. */
export interface Money {
  readonly prices: PriceList
  readonly unpriced: UnpricedModels
}

/** Adds the cost to a charge: as stated by the vendor, otherwise from configured prices. */
export function pricedCharge(charge: Charge, { provider, model }: Candidate, money: Money): Charge {
  const { prices, unpriced } = money
  // A stated cost counts, including 0.
  if (charge.costMicroUsd !== undefined) return charge
  // Refused calls cost nothing unless counted.
  if (charge.outcome === 'refused' && tokensOf(charge) === 0) return charge
  const price = prices.find(provider.vendor, model)
  if (price !== null) return { ...charge, costMicroUsd: costMicroUsd(price, countsOf(charge)) }
  // No known price does not mean free.
  if (prices.isEmpty || isNothing(charge)) return charge
  unpriced.notice(provider.vendor, model)
  return { ...charge, estimated: true }
}

function countsOf(charge: Charge): PricedCounts {
  const { requestCount = 1, inputTokenCount = 0, outputTokenCount = 0, cachedInputTokenCount = 0 } = charge
  return { requestCount, inputTokenCount, outputTokenCount, cachedInputTokenCount }
}

function isNothing(charge: Charge): boolean {
  return countsOf(charge).requestCount + tokensOf(charge) === 0
}

function tokensOf(charge: Charge): number {
  const { inputTokenCount, outputTokenCount } = countsOf(charge)
  return inputTokenCount + outputTokenCount
}

/** Counts with a possible cost. */
type Priced<Counts> = Counts & { readonly costMicroUsd?: number }

/**
 * Adds the cost to a reservation: that of the most expensive candidate, since the same counts are reserved at whichever
 * has room.
 */
export function pricedReservation(
  reservation: Reservation,
  candidates: readonly Candidate[],
  prices: PriceList,
): Priced<Omit<Reservation, 'atLeast'>> & { readonly atLeast: Priced<CallCounts> } {
  if (prices.isEmpty) return reservation
  const found = candidates.flatMap(({ provider, model }) => prices.find(provider.vendor, model) ?? [])
  if (found.length === 0) return reservation
  const { atLeast } = reservation
  return {
    costMicroUsd: highestCost(found, reservation),
    ...reservation,
    atLeast: { costMicroUsd: highestCost(found, atLeast), ...atLeast },
  }
}

function highestCost(prices: readonly Price[], counts: CallCounts): number {
  return Math.max(...prices.map(price => costMicroUsd(price, { cachedInputTokenCount: 0, ...counts })))
}
