/**
 * The status of an answer as everything after it takes it. One that HTTP does not have (600, 999) is a fault of the
 * server, and would be refused where it is reported.
 *
 * RFC 9110, section 15: a client should process an invalid status as if it were 5xx. Read on 2026-11-28.
 */
export function knownStatus(httpStatus: number): number {
  return httpStatus >= 100 && httpStatus <= 599 ? httpStatus : 500
}
