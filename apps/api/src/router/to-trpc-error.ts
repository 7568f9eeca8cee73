import { DatabaseFailure, LockedError, toStoreError } from '@quotakeeper/db'
import { invalidInput, QuotaError, type QuotaErrorCode } from '@quotakeeper/quota-core'
import { TRPCError } from '@trpc/server'
import { ZodError } from 'zod'

type TrpcCode = TRPCError['code']

const trpcCodes: Readonly<Record<QuotaErrorCode, TrpcCode>> = {
  INVALID_INPUT: 'BAD_REQUEST',
  COUNT_OVERFLOW: 'BAD_REQUEST',
  UNKNOWN_PROVIDER: 'NOT_FOUND',
  UNKNOWN_POOL: 'NOT_FOUND',
  UNKNOWN_CONSUMER: 'NOT_FOUND',
  UNKNOWN_PLAN: 'NOT_FOUND',
  UNKNOWN_RESERVATION: 'NOT_FOUND',
  UNKNOWN_TOKEN: 'NOT_FOUND',
  ID_REUSED: 'CONFLICT',
  NAME_TAKEN: 'CONFLICT',
  ALREADY_SETTLED: 'CONFLICT',
  IN_USE: 'CONFLICT',
  MANAGED_BY_FILE: 'CONFLICT',
  REVISION_CHANGED: 'CONFLICT',
  // Never 429: a client would treat it as spent quota and wait for a reset that never happens.
  STORE_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  READ_REFUSED: 'SERVICE_UNAVAILABLE',
}

/** `Retry-After` of a refused read. */
const retryAfterSeconds = 5

/** `Retry-After` for temporary errors; empty for others. */
export function retryHeaders(error: TRPCError): Readonly<Record<string, string>> {
  const isRefusedRead = error.cause instanceof QuotaError && error.cause.code === 'READ_REFUSED'
  return isRefusedRead ? { 'retry-after': String(retryAfterSeconds) } : {}
}

/** The message of an internal error; details are only in the log. */
export const neutralMessage = 'internal error; see the server’s log'

/**
 * The only place that maps errors to what callers see. Keeps the cause: the QuotaError, whose `field` is returned, or
 * the internal error, which is only logged.
 *
 * @param configFile the applied configuration file; null for none
 */
export function toTrpcError(error: TRPCError, configFile: string | null): TRPCError {
  const { cause } = error
  if (cause instanceof QuotaError) return fromQuotaError(cause, configFile)
  if (cause instanceof DatabaseFailure) return fromQuotaError(toStoreError(cause), configFile)
  if (cause instanceof ZodError) return fromQuotaError(invalidInput(cause), configFile)
  // Thrown by procedures or by tRPC on purpose. tRPC also assigns BAD_REQUEST to anything thrown by a schema: unless
  // the cause is invalid JSON, that is an internal error.
  const isOnPurpose = cause === undefined || cause instanceof SyntaxError
  if (error.code !== 'INTERNAL_SERVER_ERROR' && isOnPurpose) return error
  return new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: neutralMessage, cause: cause ?? error })
}

function fromQuotaError(error: QuotaError, configFile: string | null): TRPCError {
  return new TRPCError({ code: trpcCodes[error.code], message: messageOf(error, configFile), cause: error })
}

function messageOf(error: QuotaError, configFile: string | null): string {
  switch (error.code) {
    case 'STORE_UNAVAILABLE':
      // Other messages of the store may name hosts and users.
      return error instanceof LockedError ? error.message : 'the quota store does not answer; try again'
    case 'MANAGED_BY_FILE':
      return `${error.message} (${configFile ?? 'the server was started without one'})`
    default:
      return error.message
  }
}
