import type { Charge } from '../counting/actual-counts.js'
import { pricedCharge } from '../money/priced-charge.js'
import { type VendorSignals, vendorSignals } from '../settle/vendor-signals.js'
import { redactKey } from '../vendor/redact-key.js'
import type { RouteWorld } from './routed-request.js'
import type { Answered, Attempt, Streaming } from './vendor-attempt.js'

/** Settles an attempt: after whatever is being answered, in the background, until the API has taken it. */
export function settleAttempt(
  world: RouteWorld,
  attempt: Attempt,
  signals: VendorSignals | null,
  charge: () => Charge,
): void {
  const { place, granted, candidate } = attempt
  place.settle(() => {
    const money = { prices: world.routing.current().prices, unpriced: world.unpriced }
    return {
      kind: 'commit',
      reservationId: granted.reservationId,
      charge: { signals: signals ?? undefined, ...pricedCharge(charge(), candidate, money) },
    }
  })
}

/** What the answer may say of quotas, for the API. A complaint may quote the key. */
export function signalsOf(
  { candidate }: Attempt,
  { httpStatus, headers, sentAtMs }: Answered | Streaming,
  refusal: Buffer | null,
  receivedAtMs: number,
): VendorSignals {
  const { name, vendor, key } = candidate.provider
  const body = refusal === null || key === null ? refusal : redactKey(refusal, key)
  return vendorSignals({
    providerName: name,
    vendor,
    httpStatus,
    headers,
    refusal: body,
    sentAtMs,
    receivedAtMs,
  })
}
