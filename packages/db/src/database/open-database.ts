import { QuotaError } from '@quotakeeper/quota-core'
import type { Database } from './database.js'
import { openPglite } from './pglite-database.js'
import { openPostgres, type PostgresOptions } from './postgres-database.js'

/**
 * Opens the database of a URL: `pglite:DIR`, `pglite:memory` or `postgres://…`. A server is not contacted
 * yet.
 * @throws QuotaError INVALID_INPUT for another form; STORE_UNAVAILABLE for a folder that is in use.
 */
export async function openDatabase(url: string, options: PostgresOptions = {}): Promise<Database> {
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres(url, options)
  const folder = /^pglite:(.+)$/s.exec(url)?.[1]
  if (folder !== undefined) return openPglite(folder === 'memory' ? null : folder)
  // The text itself may hold a password: it is not repeated.
  throw new QuotaError(
    'INVALID_INPUT',
    'QUOTA_DATABASE_URL must be pglite:DIR, pglite:memory or postgres://user:password@host:5432/database',
    { field: 'QUOTA_DATABASE_URL' },
  )
}
