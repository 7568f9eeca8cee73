import { ApiError } from '../api/api-error.js'
import type { QuotaApi } from '../api/quota-api.js'
import type { Settlement } from './settlement.js'

/** The result of a settlement: accepted, to be retried later, or refused permanently. */
export type Settled = 'taken' | 'later' | { readonly refusal: ApiError }

/**
 * Error codes of permanently invalid settlements. A status alone does not prove that: a proxy, an API of another
 * release or a wrong address also answer 400 and 404.
 */
const ownFaults: ReadonlySet<string | null> = new Set([
  'INVALID_INPUT',
  'COUNT_OVERFLOW',
  'UNKNOWN_PROVIDER',
  'UNKNOWN_RESERVATION',
  'ID_REUSED',
  'ALREADY_SETTLED',
])

/** Sends one settlement. Never rejects. */
export async function settleOnce(api: QuotaApi, settlement: Settlement): Promise<Settled> {
  const refusal = await refusalOf(() => send(api, settlement))
  if (refusal === null) return 'taken'
  // A release is also sent if it is unknown whether the reservation was granted.
  if (settlement.kind === 'release' && refusal.quotaCode === 'UNKNOWN_RESERVATION') return 'taken'
  if (!ownFaults.has(refusal.quotaCode)) return 'later'
  if (settlement.kind === 'release' || settlement.charge.signals === undefined) return { refusal }
  // Refused signals must not lose the charge.
  const { signals, ...charge } = settlement.charge
  return settleOnce(api, { ...settlement, charge })
}

function send(api: QuotaApi, settlement: Settlement): Promise<void> {
  return settlement.kind === 'release'
    ? api.release(settlement.reservationId)
    : api.commit({ reservationId: settlement.reservationId, ...settlement.charge })
}

async function refusalOf(work: () => Promise<void>): Promise<ApiError | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (error instanceof ApiError) return error
    const message = error instanceof Error ? error.message : String(error)
    return new ApiError({ code: 'UNAVAILABLE', message, quotaCode: null, mayHaveArrived: true, cause: error })
  }
}
