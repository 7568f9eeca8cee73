import { fileURLToPath } from 'node:url'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import type { Database, Session, Statement } from './database/database.js'

/** Stands beside src and dist alike. */
const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url))

/** Of the lock that lets one process migrate at a time. Any number would do; this one is "quota". */
const lockKey = 487_916_481

/** How long a migration, or the wait for another process that migrates, may take. */
const statementTimeoutMs = 600_000

/**
 * Brings the tables up to date. Any number of processes may do so at once: one works, the others wait
 * and find nothing left to do. Each migration lands whole or not at all.
 * @throws the server's error; QuotaError STORE_UNAVAILABLE where it cannot be talked to. Migrations that
 *   have landed before stay, and the next call goes on from there.
 */
export async function migrate(database: Database): Promise<void> {
  await database.withSession(
    async session => {
      // Held by the session: where anything fails, the connection is thrown away, and the lock with it.
      await session.run([once(`select pg_advisory_lock(${lockKey})`)])
      const applied = await appliedHashes(session)
      for (const migration of readMigrationFiles({ migrationsFolder })) {
        if (!applied.has(migration.hash)) await apply(session, migration)
      }
      await session.run([once(`select pg_advisory_unlock(${lockKey})`)])
    },
    { statementTimeoutMs },
  )
}

/** How the migrations that a database has stand to those of this release. */
export interface MigrationCounts {
  /** Of this release, and there. */
  readonly applied: number
  /** Of this release, and not there yet. */
  readonly pending: number
  /** There, and not of this release: a newer one has been at work. */
  readonly foreign: number
}

/** Counts without applying any. @throws the server's error; QuotaError STORE_UNAVAILABLE */
export async function countMigrations(session: Session): Promise<MigrationCounts> {
  const there = (await hasMigrated(session)) ? await storedHashes(session) : new Set()
  const own = readMigrationFiles({ migrationsFolder }).map(({ hash }) => hash)
  const applied = own.filter(hash => there.has(hash)).length
  return { applied, pending: own.length - applied, foreign: there.size - applied }
}

function once(text: string, values: readonly unknown[] = []): Statement {
  // Unnamed: a statement that runs once in a process need not be kept prepared.
  return { name: '', text, values }
}

async function appliedHashes(session: Session): Promise<ReadonlySet<unknown>> {
  // Asked first, since creating needs a right that an application may lack where the tables are there.
  if (!(await hasMigrated(session))) {
    await session.run([
      once(
        'create table quotakeeper_migration (hash text primary key, applied_at timestamptz not null default now())',
      ),
    ])
  }
  return storedHashes(session)
}

async function hasMigrated(session: Session): Promise<boolean> {
  const [found] = await session.run([
    once(`select to_regclass('quotakeeper_migration') is not null as found`),
  ])
  return found?.[0]?.['found'] === true
}

async function storedHashes(session: Session): Promise<ReadonlySet<unknown>> {
  const [rows] = await session.run([once('select hash from quotakeeper_migration')])
  return new Set(rows?.map(row => row['hash']))
}

async function apply(session: Session, migration: MigrationMeta): Promise<void> {
  await session.run([
    once('begin'),
    ...migration.sql.map(text => once(text)),
    once('insert into quotakeeper_migration (hash) values ($1)', [migration.hash]),
    once('commit'),
  ])
}
