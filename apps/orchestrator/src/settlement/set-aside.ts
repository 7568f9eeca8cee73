import type { ApiError } from '../api/api-error.js'
import type { Log } from '../log.js'
import type { Settlement } from './settlement.js'

/** How many are listed: the newest. The log has all of them. */
const maxListed = 1_000

/** A settlement that the API never takes, as it may be shown: without what its vendor has said. */
export interface SetAsideSettlement {
  /** ISO-8601. */
  readonly at: string
  /** The API's name for what is wrong. */
  readonly code: string
  readonly message: string
  readonly settlement: PlainSettlement
}

/** A settlement without the vendor's words, in which anything may be: enough to hand it in by hand. */
export type PlainSettlement = Readonly<Record<string, unknown>>

/** Keeps settlements that the API has refused for a fault of their own, for somebody to look at. */
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

  /** How many there have been since the start, by the API's names for what is wrong. */
  counts(): ReadonlyMap<string, number> {
    return this.#counts
  }
}

/** For the log, too. */
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
