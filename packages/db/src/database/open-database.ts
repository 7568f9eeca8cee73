import { QuotaError } from '@quotakeeper/quota-core'
import { type EmbeddedOptions, openEmbedded } from '../embedded/open-embedded.js'
import type { Database } from './database.js'
import { openPostgres, type PostgresOptions } from './postgres-database.js'

/** Those of an embedded folder have no effect on other databases. */
export interface OpenOptions extends PostgresOptions, EmbeddedOptions {}

/**
 * Opens the database of a URL: `embedded:DIR`, `pglite:DIR`, `pglite:memory` or `postgres://…`. A server of others is
 * not contacted yet; an embedded one runs when this resolves.
 * @throws QuotaError INVALID_INPUT for another form, and for a folder that cannot be used; STORE_UNAVAILABLE for one
 *   that is in use, or whose server does not start.
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres(url, options)
  const { engine, folder } = /^(?<engine>embedded|pglite):(?<folder>.+)$/s.exec(url)?.groups ?? {}
  if (engine === 'embedded' && folder !== undefined) return openEmbedded(folder, options)
  if (folder !== undefined) {
    // Loaded only where it is used, for its size.
    const { openPglite } = await import('./pglite-database.js')
    return openPglite(folder === 'memory' ? null : folder)
  }
  // The text itself may hold a password: it is not repeated.
  throw new QuotaError(
    'INVALID_INPUT',
    'QUOTA_DATABASE_URL must be embedded:DIR, pglite:DIR, pglite:memory or postgres://user:password@host:5432/database',
    { field: 'QUOTA_DATABASE_URL' },
  )
}
