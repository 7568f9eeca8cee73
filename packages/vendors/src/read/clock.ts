import type { HeaderValues } from '../headers/header-values.js'
import { parseHttpDateMs } from './instant.js'

/** Clocks that differ by less agree: the `Date` header has whole seconds. */
const toleranceMs = 1_000

/** When a response came, by our clock and by the vendor's. Epoch milliseconds. */
export interface Clock {
  readonly receivedAtMs: number
  /** The vendor's time of answering; {@link receivedAtMs} where it agrees with ours or isn't told. */
  readonly vendorMs: number
  /** The `Date` header as it is; {@link receivedAtMs} without one. */
  readonly dateMs: number
}

/**
 * Reads the vendor's clock, so that its instants become waits by the difference to its own time,
 * and a wrong clock on either side shortens or lengthens none.
 */
export function readClock(
  headers: HeaderValues,
  call: { readonly sentAtMs?: number | undefined; readonly receivedAtMs: number },
): Clock {
  const { receivedAtMs } = call
  const sentAtMs = Math.min(call.sentAtMs ?? receivedAtMs, receivedAtMs)
  const dateMs = parseHttpDateMs(headers.get('date') ?? '') ?? receivedAtMs
  const agrees = dateMs > sentAtMs - toleranceMs && dateMs < receivedAtMs + toleranceMs
  return { receivedAtMs, dateMs, vendorMs: agrees ? receivedAtMs : dateMs }
}
