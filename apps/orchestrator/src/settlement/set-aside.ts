import type { ApiError } from '../api/api-error.js'
import type { Log } from '../log.js'
import type { Settlement } from './settlement.js'

/** Most listed settlements, the newest; the log has all. */
const maxListed = 1_000

/** A settlement permanently refused by the API, without the vendor's answer. */
export interface SetAsideSettlement {
  /** ISO-8601. */
  readonly at: string
  /** The API's error code. */
  readonly code: string
  readonly message: string
  readonly settlement: PlainSettlement
}

/** A settlement without the vendor's untrusted answer; sufficient to submit it manually. */
export type PlainSettlement = Readonly<Record<string, unknown>>

/** Keeps settlements that the API refused as invalid, for inspection. */
export class SetAside {
  readonly #log: Log
  readonly #listed: SetAsideSettlement[] = []
  readonly #counts = new Map<string, number>()

  constructor(log: Log) {
    this.#log = log
  }

  add(settlement: Settlement, refusal: ApiError): void {
    const entry: SetAsideSettlement = {
      at: new Date().toISOString(),
      code: refusal.quotaCode ?? refusal.code,
      message: refusal.message,
      settlement: plainSettlement(settlement),
    }
    this.#listed.push(entry)
    if (this.#listed.length > maxListed) this.#listed.shift()
    this.#counts.set(entry.code, (this.#counts.get(entry.code) ?? 0) + 1)
    this.#log.error(
      { err: refusal, code: entry.code, settlement: entry.settlement },
      'the API rejects this settlement for good; it is set aside: fix the cause, and submit it by hand',
    )
  }

  /** The oldest first. */
  list(): readonly SetAsideSettlement[] {
    return this.#listed
  }

  /** Totals since the start, by error code. */
  counts(): ReadonlyMap<string, number> {
    return this.#counts
  }
}

/** Also used for the log. */
export function plainSettlement(settlement: Settlement): PlainSettlement {
  const { kind, reservationId } = settlement
  if (settlement.kind === 'release') return { kind, reservationId }
  const { signals, ...charge } = settlement.charge
  return {
    kind,
    reservationId,
    ...charge,
    httpStatus: signals?.httpStatus,
    providerName: signals?.providerName,
  }
}
