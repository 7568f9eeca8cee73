import { fileURLToPath } from 'node:url'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import type { Database, Session, Statement } from './database/database.js'
import { refuseNewerTables } from './refuse-newer-tables.js'
import { begin, commit } from './store/statements/transaction.js'

/** Beside both src and dist. */
const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url))

/** Of the lock that lets one process migrate at a time. Any number would do; this one is "quota". */
const lockKey = 487_916_481

/** How long a migration, or the wait for another process that migrates, may take. */
const statementTimeoutMs = 600_000

/**
 * Brings the tables up to date. Any number of processes may do so at once: one works, the others wait
 * and find nothing left to do. Each migration is applied whole or not at all. The lock is held by its transaction, not by
 * the session, which behind a pooler may be another one for each transaction.
 * @throws QuotaError INVALID_INPUT where a newer release has made tables that refuse this one; the server's error;
 *   QuotaError STORE_UNAVAILABLE where the connection fails. Migrations that were applied before stay, and the next call
 *   continues from there.
 */
export async function migrate(database: Pick<Database, 'withSession'>): Promise<void> {
  await database.withSession(
    async session => {
      await refuseNewerTables(session)
      // Checked without the lock first: where nothing is to be done, an application may lack the rights to lock and create.
      let pending = pendingOf(await appliedHashes(session))
      while (pending[0] !== undefined) {
        await session.run([begin, once(`select pg_advisory_xact_lock(${lockKey})`)])
        const applied = await appliedHashes(session)
        const [next] = pendingOf(applied)
        await session.run([...(next === undefined ? [] : statementsOf(next, applied)), commit])
        pending = pendingOf(next === undefined ? applied : new Set([...applied, next.hash]))
      }
      await refuseNewerTables(session)
    },
    { statementTimeoutMs },
  )
}

/** The migrations of a database, compared with those of this release. */
export interface MigrationCounts {
  /** Of this release, and applied. */
  readonly applied: number
  /** Of this release, and not applied yet. */
  readonly pending: number
  /** Applied, and not of this release: by a newer one. */
  readonly foreign: number
}

/** Counts without applying any. @throws the server's error; QuotaError STORE_UNAVAILABLE */
export async function countMigrations(session: Session): Promise<MigrationCounts> {
  const there = await appliedHashes(session)
  const own = readMigrationFiles({ migrationsFolder }).map(({ hash }) => hash)
  const applied = own.filter(hash => there.has(hash)).length
  return { applied, pending: own.length - applied, foreign: there.size - applied }
}

function once(text: string, values: readonly unknown[] = []): Statement {
  // Unnamed: a statement that runs once in a process need not be kept prepared.
  return { name: '', text, values }
}

/** Those of this release that are not applied, in their order. */
function pendingOf(applied: ReadonlySet<unknown>): readonly MigrationMeta[] {
  return readMigrationFiles({ migrationsFolder }).filter(({ hash }) => !applied.has(hash))
}

/** Empty where nothing has ever been applied. */
async function appliedHashes(session: Session): Promise<ReadonlySet<unknown>> {
  // Not to_regclass: after the wait for the lock it was measured to answer, within the same transaction, what it had
  // answered before, from the server's cache.
  const [found] = await session.run([
    once(`select exists (select from pg_catalog.pg_class
      where relname = 'quotakeeper_migration' and pg_table_is_visible(oid)) as found`),
  ])
  if (found?.[0]?.['found'] !== true) return new Set()
  const [rows] = await session.run([once('select hash from quotakeeper_migration')])
  return new Set(rows?.map(row => row['hash']))
}

function statementsOf(migration: MigrationMeta, applied: ReadonlySet<unknown>): readonly Statement[] {
  const list =
    'create table if not exists quotakeeper_migration (hash text primary key, applied_at timestamptz not null default now())'
  return [
    ...(applied.size === 0 ? [once(list)] : []),
    ...migration.sql.map(text => once(text)),
    once('insert into quotakeeper_migration (hash) values ($1)', [migration.hash]),
  ]
}
