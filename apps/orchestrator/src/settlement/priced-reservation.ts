import type { Candidate } from '../routing/resolve-model.js'
import { costMicroUsd, type Price, type PriceList } from './price-list.js'
import type { CallCounts, Reservation } from './reservation.js'

/** Counts with what they may cost. */
type Priced<Counts> = Counts & { readonly costMicroUsd?: number }

/**
 * A reservation that holds money, too: what the dearest of the candidates would cost, since one and the same
 * is reserved at whichever has room.
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
