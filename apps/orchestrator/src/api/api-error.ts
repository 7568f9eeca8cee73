/**
 * Why the API gave no answer to a question.
 *
 * | code | meaning |
 * |---|---|
 * | UNAVAILABLE | it is down, too slow, or its store is: the same question may be answered later |
 * | UNAUTHORIZED | it rejects QUOTA_API_TOKEN |
 * | NOT_FOUND | it doesn't know the provider or the reservation |
 * | CONFLICT | the reservation is settled otherwise |
 * | REFUSED | it takes the question for a wrong one |
 */
export type ApiErrorCode = 'UNAVAILABLE' | 'UNAUTHORIZED' | 'NOT_FOUND' | 'CONFLICT' | 'REFUSED'

/** The one error that the client of the API throws. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ApiErrorCode
  /**
   * The API's own name for what is wrong, such as `UNKNOWN_RESERVATION`. Null where it has none, or where something
   * else has answered: a proxy, an API of another release, a fault of the API's own.
   */
  readonly quotaCode: string | null
  /** Whether the question may have arrived, and been carried out, all the same. */
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
