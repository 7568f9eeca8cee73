import type { Database } from './database/database.js'
import { countMigrations, type MigrationCounts } from './migrate.js'
import { withCheckedSession } from './store/failures.js'

/** What a database is, and how its tables stand to this release. */
export interface DatabaseState extends MigrationCounts {
  readonly kind: Database['kind']
  /** PostgreSQL's own name of its version: `18.0`. */
  readonly version: string
  /** Its clock. */
  readonly nowMs: number
}

/** Looks without changing anything. @throws QuotaError STORE_UNAVAILABLE; DatabaseFailure */
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
