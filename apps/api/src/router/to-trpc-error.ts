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
  UNKNOWN_RESERVATION: 'NOT_FOUND',
  ID_REUSED: 'CONFLICT',
  ALREADY_SETTLED: 'CONFLICT',
  IN_USE: 'CONFLICT',
  MANAGED_BY_FILE: 'CONFLICT',
  // Never 429: a client would take it for a spent quota, and wait for a reset that never comes.
  STORE_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  READ_REFUSED: 'SERVICE_UNAVAILABLE',
}

/** When a read that was refused may be tried again, in seconds. */
const retryAfterSeconds = 5

/** `Retry-After` for an error that passes; none for others. */
export function retryHeaders(error: TRPCError): Readonly<Record<string, string>> {
  const isRefusedRead = error.cause instanceof QuotaError && error.cause.code === 'READ_REFUSED'
  return isRefusedRead ? { 'retry-after': String(retryAfterSeconds) } : {}
}

/** What is said of a fault of our own. The rest stays in the log. */
export const neutralMessage = 'internal error; see the server’s log'

/**
 * The one place where errors become what callers see. The cause is kept: the QuotaError that says what
 * was wrong, from which `field` is told, or the fault itself, for the log alone.
 *
 * @param configFile the configuration file that was applied; null without one
 */
export function toTrpcError(error: TRPCError, configFile: string | null): TRPCError {
  const { cause } = error
  if (cause instanceof QuotaError) return fromQuotaError(cause, configFile)
  if (cause instanceof DatabaseFailure) return fromQuotaError(toStoreError(cause), configFile)
  if (cause instanceof ZodError) return fromQuotaError(invalidInput(cause), configFile)
  // Thrown by the procedures or by tRPC on purpose. tRPC also gives whatever a schema throws the code
  // BAD_REQUEST: with another cause than text that is no JSON, the fault is ours.
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
      // Other words of the store's may name hosts and users.
      return error instanceof LockedError ? error.message : 'the quota store does not answer; try again'
    case 'MANAGED_BY_FILE':
      return `${error.message} (${configFile ?? 'the server was started without one'})`
    default:
      return error.message
  }
}
