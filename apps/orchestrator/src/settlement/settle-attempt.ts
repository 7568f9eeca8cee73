import type { Attempt } from '../routing/attempt/attempt.js'
import type { RouteWorld } from '../routing/routed-request.js'
import type { Charge } from './charge.js'
import { pricedCharge } from './priced-charge.js'
import type { VendorSignals } from './vendor-signals.js'

/** How an attempt ended in the books. */
export type Conclusion =
  /** Nothing was sent: its reservation is given back. */
  | { readonly kind: 'release' }
  /** `signals`: what its vendor reported of quotas; null for nothing. `charge` is worked out after the answer. */
  | { readonly kind: 'charge'; readonly signals: VendorSignals | null; readonly charge: () => Charge }

/** Settles an attempt: after whatever is being answered, in the background, until the API has taken it. */
export function settleAttempt(
  world: Pick<RouteWorld, 'routing' | 'unpriced'>,
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
