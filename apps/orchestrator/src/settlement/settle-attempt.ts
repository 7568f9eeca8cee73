import type { Attempt } from '../routing/attempt/attempt.js'
import type { RouteDeps } from '../routing/route-deps.js'
import type { Conclusion } from './conclusion.js'
import { pricedCharge } from './priced-charge.js'

/** Settles an attempt: after whatever is being answered, in the background, until the API has taken it. */
export function settleAttempt(
  world: Pick<RouteDeps, 'routing' | 'unpriced'>,
  { place, granted, candidate }: Pick<Attempt, 'place' | 'granted' | 'candidate'>,
  conclusion: Conclusion,
): void {
  const { reservationId } = granted
  place.settle(() => {
    if (conclusion.kind === 'release') return { kind: 'release', reservationId }
    const { signals, charge } = conclusion
    const money = { prices: world.routing.current().prices, unpriced: world.unpriced }
    return {
      kind: 'commit',
      reservationId,
      charge: { signals: signals ?? undefined, ...pricedCharge(charge(), candidate, money) },
    }
  })
}
