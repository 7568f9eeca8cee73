import { QuotaError } from '@quotakeeper/quota-core'

/**
 * What a driver's error is passed on as. An error of the server stays as it is, with its SQLSTATE; any other error of
 * a driver means that the connection failed.
 */
export function driverError(error: unknown): unknown {
  // Both drivers copy the fields of the server's ErrorResponse, which always has a severity.
  if (error instanceof Error && 'severity' in error) return error
  if (error instanceof QuotaError) return error
  return new QuotaError('STORE_UNAVAILABLE', 'the connection to the database was lost; try again shortly', {
    cause: error,
  })
}
