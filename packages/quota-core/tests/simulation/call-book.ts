import type { Counts, Granted } from '@quotakeeper/quota-core'

/** All there is to know of a reservation, from outside: kept by nobody who could crash. */
export interface BookedCall {
  readonly id: string
  readonly providerName: string
  readonly reserved: Counts
  readonly reservedAtMs: number
  expiresAtMs: number
  /** When it reached the vendor, in true time; null if it never did, or was refused. */
  arrivedAtMs: number | null
  /** What the vendor has counted. */
  vendorCounts: Counts | null
  /** What the store has been told; null as long as nobody has. */
  settled: { readonly as: 'committed' | 'released'; readonly counts: Counts } | null
}

/** Every call of a history. */
export class CallBook {
  readonly calls: Map<string, BookedCall> = new Map()
  /** Those that may still hold quota. */
  readonly open: Set<BookedCall> = new Set()

  /** Notes a grant; a repeated one is known already. Tells whether it is new. */
  grant({ reservationId, providerName, counts, expiresAt }: Granted, ttlMs: number): boolean {
    if (this.calls.has(reservationId)) return false
    const expiresAtMs = Date.parse(expiresAt)
    const call: BookedCall = {
      id: reservationId,
      providerName,
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

  /** The vendor has accepted the call, and counted this. */
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
