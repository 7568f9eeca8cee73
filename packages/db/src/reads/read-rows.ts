import { QuotaError } from '@quotakeeper/quota-core'
import { DrizzleQueryError } from 'drizzle-orm'
import { DatabaseFailure } from '../store/failures.js'

/**
 * The rows of one of drizzle's queries, its errors told as those of a session are.
 * @throws QuotaError STORE_UNAVAILABLE where the server cannot be talked to; DatabaseFailure with the
 *   server's error as its cause.
 */
export async function readRows<Row>(query: PromiseLike<readonly Row[]>): Promise<readonly Row[]> {
  try {
    return await query
  } catch (error) {
    // Drizzle's own error repeats the whole statement and its values: neither belongs in a log.
    if (!(error instanceof DrizzleQueryError)) throw error
    if (error.cause instanceof QuotaError) throw error.cause
    throw new DatabaseFailure('a query has failed', { cause: error.cause })
  }
}
