/**
 * Normalises the status of an answer. A status outside of HTTP (600, 999) is a server error, and the API would refuse
 * it.
 *
 * RFC 9110, section 15: a client should process an invalid status as if it were 5xx. Read on 2026-11-28.
 */
export function knownStatus(httpStatus: number): number {
  return httpStatus >= 100 && httpStatus <= 599 ? httpStatus : 500
}
