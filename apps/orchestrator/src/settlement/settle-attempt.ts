import type { Attempt } from '../routing/attempt/attempt.js'
import type { RouteWorld } from '../routing/routed-request.js'
import type { Charge } from './charge.js'
import { pricedCharge } from './priced-charge.js'
import { type VendorSignals, vendorSignals } from './vendor-signals.js'

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

/** What the API is told of. */
export interface TellingAnswer {
  /** As it came, or what the answer stands for. */
  readonly httpStatus: number
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Null for an answer, which says nothing of quotas. */
  readonly complaint: Buffer | null
  /** When the request left, epoch milliseconds. */
  readonly sentAtMs: number
}

/**
 * What an answer may say of quotas, for the API, without keys that it may quote; null where its status is none of
 * HTTP's, at which nothing of it is to be believed.
 */
export function signalsOf(
  world: RouteWorld,
  { candidate }: Attempt,
  { httpStatus, headers, complaint, sentAtMs }: TellingAnswer,
): VendorSignals | null {
  if (httpStatus < 100 || httpStatus > 599) return null
  const redactor = world.heldKeys.redactor()
  const told = vendorSignals({
    providerName: candidate.provider.name,
    vendor: candidate.provider.vendor,
    httpStatus,
    headers,
    refusal: complaint === null ? null : redactor.redactComplaint(complaint),
    keyFingerprint: candidate.provider.keyFingerprint,
    sentAtMs,
    receivedAtMs: world.clock(),
  })
  const clean = Object.entries(told.headers).map(([name, value]) => [name, redactor.redactText(value)])
  return { ...told, headers: Object.fromEntries(clean) }
}
