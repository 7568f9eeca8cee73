import type { HeaderValues } from '../headers/header-values.js'
import { parseHttpDateMs } from './instant.js'

/** Smaller differences between clocks are ignored: the `Date` header has whole seconds. */
const toleranceMs = 1_000

/** When a response arrived, by our clock and by the vendor's. Epoch milliseconds. */
export interface Clock {
  readonly receivedAtMs: number
  /** The vendor's response time; {@link receivedAtMs} if it agrees with ours or is not stated. */
  readonly vendorMs: number
  /** The unchanged `Date` header; {@link receivedAtMs} without one. */
  readonly dateMs: number
}

/**
 * Reads the vendor's clock. Waits are computed from the vendor's instants and its own time, so that a wrong clock on
 * either side does not change them.
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
