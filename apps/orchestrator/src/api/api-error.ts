/**
 * Why a request to the API failed.
 *
 * | code | meaning |
 * |---|---|
 * | UNAVAILABLE | the API or its store is down or too slow; retry later |
 * | UNAUTHORIZED | it rejects QUOTA_API_TOKEN |
 * | NOT_FOUND | the provider or the reservation does not exist |
 * | CONFLICT | the reservation was settled differently |
 * | REFUSED | the API refuses the request as invalid |
 */
export type ApiErrorCode = 'UNAVAILABLE' | 'UNAUTHORIZED' | 'NOT_FOUND' | 'CONFLICT' | 'REFUSED'

/** The only error class thrown by the client of the API. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ApiErrorCode
  /**
   * The API's error code, such as `UNKNOWN_RESERVATION`. Null for none, or if something else answered: a proxy, an API
   * of another release, an internal error.
   */
  readonly quotaCode: string | null
  /** Whether the request may have been executed anyway. */
  readonly mayHaveArrived: boolean

  constructor(details: {
    readonly code: ApiErrorCode
    readonly message: string
    readonly quotaCode: string | null
    readonly mayHaveArrived: boolean
    readonly cause: unknown
  }) {
    super(details.message, { cause: details.cause })
    this.code = details.code
    this.quotaCode = details.quotaCode
    this.mayHaveArrived = details.mayHaveArrived
  }
}

/** Whether a report is refused whenever it is sent: as invalid, or by an API of a previous release that has no such procedure. */
export function isInVain(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 'NOT_FOUND' || error.code === 'REFUSED')
}
