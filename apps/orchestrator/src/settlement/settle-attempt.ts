import type { Attempt } from '../routing/attempt/attempt.js'
import type { RouteDeps } from '../routing/route-deps.js'
import { pricedCharge } from './prices.js'
import type { Conclusion } from './settlement.js'

/** Settles an attempt in the background, after the answer is sent, until the API accepts it. */
export function settleAttempt(
  deps: Pick<RouteDeps, 'routing' | 'unpriced'>,
  { slot, granted, candidate }: Pick<Attempt, 'slot' | 'granted' | 'candidate'>,
  conclusion: Conclusion,
): void {
  const { reservationId } = granted
  slot.settle(() => {
    if (conclusion.kind === 'release') return { kind: 'release', reservationId }
    const { signals, charge } = conclusion
    const money = { prices: deps.routing.current().prices, unpriced: deps.unpriced }
    return {
      kind: 'commit',
      reservationId,
      charge: { signals: signals ?? undefined, ...pricedCharge(charge(), candidate, money) },
    }
  })
}
