import type { Attempt } from '../routing/attempt/attempt.js'
import type { RouteDeps } from '../routing/route-deps.js'
import { pricedCharge } from './priced-charge.js'
import type { Conclusion } from './settlement.js'

/** Settles an attempt in the background, after the answer is sent, until the API accepts it. */
export function settleAttempt(
  { routing, unpriced }: Pick<RouteDeps, 'routing' | 'unpriced'>,
  { slot, granted, candidate, price }: Pick<Attempt, 'slot' | 'granted' | 'candidate' | 'price'>,
  conclusion: Conclusion,
): void {
  const { reservationId } = granted
  slot.settle(() => {
    if (conclusion.kind === 'release') return { kind: 'release', reservationId }
    const { signals, charge } = conclusion
    const isMoneyCounted =
      !routing.current().prices.isEmpty || granted.limits.some(({ metric }) => metric === 'cost')
    const priced = pricedCharge(charge(), { candidate, price, isMoneyCounted, unpriced })
    return { kind: 'commit', reservationId, charge: { signals: signals ?? undefined, ...priced } }
  })
}
