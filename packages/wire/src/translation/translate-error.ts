import type { WireError } from '../answer/wire-error.js'
import { type DialectName, dialects, type Wires } from './dialects.js'

/**
 * Reads the error in a vendor's body, given as parsed JSON.
 *
 * @param httpStatus the HTTP status of the response
 * @returns null if the body has no error
 */
export function readWireError(from: DialectName, body: unknown, httpStatus: number): WireError | null {
  return dialects[from].readError(body, httpStatus)
}

/** Writes an error body for clients of a dialect. In a stream, `StreamTranslator.fail` writes it. */
export function writeWireError<To extends DialectName>(to: To, error: WireError): Wires[To]['error'] {
  return dialects[to].writeError(error)
}
