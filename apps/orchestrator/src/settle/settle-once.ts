import { ApiError } from '../api/api-error.js'
import type { QuotaApi } from '../api/quota-api.js'
import type { Log } from '../log.js'
import type { Settlement } from './settlement.js'

/**
 * Tells the API of one settlement.
 *
 * @returns whether it is done with: true also where the API can never take it, which the log then says
 */
export async function settleOnce(api: QuotaApi, settlement: Settlement, log: Log): Promise<boolean> {
  try {
    if (settlement.kind === 'release') await api.release(settlement.reservationId)
    else await api.commit({ reservationId: settlement.reservationId, ...settlement.charge })
    return true
  } catch (error) {
    const code = error instanceof ApiError ? error.code : null
    if (code === 'UNAVAILABLE' || code === 'UNAUTHORIZED') return false
    // A release is also sent where nobody knows whether the reservation was granted.
    if (settlement.kind === 'release' && code === 'NOT_FOUND') return true
    const { kind, reservationId } = settlement
    log.error(
      { err: error, kind, reservationId },
      'the API does not take a settlement: it stays as the API has it',
    )
    return true
  }
}
