import { ApiError } from '../api/api-error.js'
import type { QuotaApi } from '../api/quota-api.js'
import type { Settlement } from './settlement.js'

/** What became of a settlement: the API has it, may take it later, or never will. */
export type Settled = 'taken' | 'later' | { readonly refusal: ApiError }

/**
 * The API's names for what is wrong with a settlement itself, whenever it comes. Nothing else proves that: a proxy
 * answers 400 and 404, too, as does an API of another release or one whose address is wrong.
 */
const ownFaults: ReadonlySet<string | null> = new Set([
  'INVALID_INPUT',
  'COUNT_OVERFLOW',
  'UNKNOWN_PROVIDER',
  'UNKNOWN_RESERVATION',
  'ID_REUSED',
  'ALREADY_SETTLED',
])

/** Hands one settlement in. Never rejects. */
export async function settleOnce(api: QuotaApi, settlement: Settlement): Promise<Settled> {
  const refusal = await refusalOf(() => send(api, settlement))
  if (refusal === null) return 'taken'
  // A release is also sent where nobody knows whether the reservation was granted.
  if (settlement.kind === 'release' && refusal.quotaCode === 'UNKNOWN_RESERVATION') return 'taken'
  if (!ownFaults.has(refusal.quotaCode)) return 'later'
  if (settlement.kind === 'release' || settlement.charge.signals === undefined) return { refusal }
  // What a vendor has said of its quotas must not cost the charge.
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
