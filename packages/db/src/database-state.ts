import type { Database } from './database/database.js'
import { countMigrations, type MigrationCounts } from './migrate.js'
import { withCheckedSession } from './store/failures.js'

/** A database's version and clock, and the state of its migrations. */
export interface DatabaseState extends MigrationCounts {
  readonly kind: Database['kind']
  /** PostgreSQL's own name of its version: `18.0`. */
  readonly version: string
  /** Its clock. */
  readonly nowMs: number
}

/** Reads it, and changes nothing. @throws QuotaError STORE_UNAVAILABLE; DatabaseFailure */
export async function databaseState(database: Database): Promise<DatabaseState> {
  return withCheckedSession(database, async session => {
    const text = `select current_setting('server_version') as version,
      floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms`
    const [[row] = []] = await session.run([{ name: '', text, values: [] }])
    return {
      kind: database.kind,
      version: String(row?.['version']).split(' ', 1)[0] ?? '',
      nowMs: Number(row?.['now_ms']),
      ...(await countMigrations(session)),
    }
  })
}
