/**
 * Why a command or a query failed. A denial for lack of quota is an answer, not an error.
 *
 * | code | meaning |
 * |---|---|
 * | INVALID_INPUT | the input is not valid; `field` names the field |
 * | COUNT_OVERFLOW | a sum would leave the range of exact integers; nothing was changed |
 * | UNKNOWN_PROVIDER, UNKNOWN_POOL, UNKNOWN_CONSUMER, UNKNOWN_PLAN, UNKNOWN_RESERVATION, UNKNOWN_TOKEN | it does not exist |
 * | ID_REUSED | the id was used for another payload, or its attempt is already settled |
 * | NAME_TAKEN | another one has this name, or this secret |
 * | ALREADY_SETTLED | the attempt can no longer be released or extended |
 * | IN_USE | the change would break something that still refers to it |
 * | MANAGED_BY_FILE | the configuration file owns this; change it there |
 * | REVISION_CHANGED | another has changed it since it was read; read it again |
 * | STORE_UNAVAILABLE | the store did not answer in time, or its queue is full; try again |
 * | READ_REFUSED | the read took too long, or too many were running; request less, or retry later |
 */
export type QuotaErrorCode =
  | 'INVALID_INPUT'
  | 'COUNT_OVERFLOW'
  | 'UNKNOWN_PROVIDER'
  | 'UNKNOWN_POOL'
  | 'UNKNOWN_CONSUMER'
  | 'UNKNOWN_PLAN'
  | 'UNKNOWN_RESERVATION'
  | 'UNKNOWN_TOKEN'
  | 'ID_REUSED'
  | 'NAME_TAKEN'
  | 'ALREADY_SETTLED'
  | 'IN_USE'
  | 'MANAGED_BY_FILE'
  | 'REVISION_CHANGED'
  | 'STORE_UNAVAILABLE'
  | 'READ_REFUSED'

/** The only error class that this library throws on purpose. */
export class QuotaError extends Error {
  override readonly name = 'QuotaError'
  readonly code: QuotaErrorCode
  /** Path of the offending input field (`limits.0.max`), or null if no single field is at fault. */
  readonly field: string | null

  constructor(
    code: QuotaErrorCode,
    message: string,
    details: { readonly field?: string; readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.field = details.field ?? null
  }

  /** Whether the same call may succeed later without any change. */
  get isRetryable(): boolean {
    return this.code === 'STORE_UNAVAILABLE'
  }
}
