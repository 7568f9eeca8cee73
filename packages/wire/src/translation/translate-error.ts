import type { WireError } from '../answer/wire-error.js'
import { type DialectName, dialects, type Wires } from './dialects.js'

/**
 * The error in a vendor's body, given as parsed JSON.
 *
 * @param httpStatus that it came with
 * @returns null where the body holds none
 */
export function readWireError(from: DialectName, body: unknown, httpStatus: number): WireError | null {
  return dialects[from].readError(body, httpStatus)
}

/** The body by which clients of a dialect learn of an error. In a stream, `StreamTranslator.fail` writes it. */
export function writeWireError<To extends DialectName>(to: To, error: WireError): Wires[To]['error'] {
  return dialects[to].writeError(error)
}
