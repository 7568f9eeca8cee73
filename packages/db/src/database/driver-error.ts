import { QuotaError } from '@quotakeeper/quota-core'

/**
 * What a driver's error is passed on as. What the server itself has refused stays as it is, with its
 * SQLSTATE; whatever else goes wrong in a driver means that there was no talking to the server.
 */
export function driverError(error: unknown): unknown {
  // Both drivers copy the fields of the server's ErrorResponse, which always has a severity.
  if (error instanceof Error && 'severity' in error) return error
  if (error instanceof QuotaError) return error
  return new QuotaError('STORE_UNAVAILABLE', 'the connection to the database was lost; try again shortly', {
    cause: error,
  })
}
