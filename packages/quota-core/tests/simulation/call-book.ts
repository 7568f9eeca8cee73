import type { Counts, Granted } from '@quotakeeper/quota-core'
import type { Caller } from './consumer-plan.js'

/** The truth about a reservation, recorded outside the simulated processes. */
export interface BookedCall {
  readonly id: string
  readonly providerName: string
  readonly caller: Caller
  readonly reserved: Counts
  readonly reservedAtMs: number
  expiresAtMs: number
  /** When it reached the vendor, in true time; null if it never did or was refused. */
  arrivedAtMs: number | null
  /** The counts at the vendor. */
  vendorCounts: Counts | null
  /** The settlement at the store; null while unsettled. */
  settled: { readonly as: 'committed' | 'released'; readonly counts: Counts } | null
}

/** Every call of a history. */
export class CallBook {
  readonly calls: Map<string, BookedCall> = new Map()
  /** Calls that may still hold quota. */
  readonly open: Set<BookedCall> = new Set()

  /** Records a grant; returns false for a repeated one. */
  grant(
    { reservationId, providerName, counts, expiresAt }: Granted,
    { caller, ttlMs }: { readonly caller: Caller; readonly ttlMs: number },
  ): boolean {
    if (this.calls.has(reservationId)) return false
    const expiresAtMs = Date.parse(expiresAt)
    const call: BookedCall = {
      id: reservationId,
      providerName,
      caller,
      reserved: counts,
      reservedAtMs: expiresAtMs - ttlMs,
      expiresAtMs,
      arrivedAtMs: null,
      vendorCounts: null,
      settled: null,
    }
    this.calls.set(reservationId, call)
    this.open.add(call)
    return true
  }

  /** @throws Error for a call that was never granted. */
  call(id: string): BookedCall {
    const call = this.calls.get(id)
    if (call === undefined) throw new Error(`no reservation ${id} was granted`)
    return call
  }

  /** Records that the vendor accepted the call with these counts. */
  arrive(id: string, nowMs: number, counts: Counts): void {
    const call = this.call(id)
    call.arrivedAtMs = nowMs
    call.vendorCounts = counts
  }

  settle(id: string, as: 'committed' | 'released', counts: Counts): void {
    const call = this.call(id)
    call.settled = { as, counts }
    this.open.delete(call)
  }
}
