import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import type { Database, Session, Statement } from './database/database.js'

/** Stands beside src and dist alike. */
const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url))

/** Of the lock that lets one process migrate at a time. Any number would do; this one is "quota". */
const lockKey = 487_916_481

function statement(text: string, values: readonly unknown[] = []): Statement {
  // Unnamed: a statement that runs once in a process need not be prepared.
  return { name: '', text, values }
}

/**
 * Brings the tables up to date. Any number of processes may do so at once: one works, the others wait
 * and find nothing left to do. Each migration lands whole or not at all.
 * @throws the database's error.
 */
export async function migrate(database: Database): Promise<void> {
  await database.withSession(async session => {
    // Waiting for another's migration may take longer than a statement otherwise may.
    await session.run([statement('set statement_timeout = 0'), statement('set lock_timeout = 0')])
    await session.run([statement(`select pg_advisory_lock(${lockKey})`)])
    try {
      await applyNewMigrations(session)
    } finally {
      await session.run([
        statement(`select pg_advisory_unlock(${lockKey})`),
        statement('reset statement_timeout'),
        statement('reset lock_timeout'),
      ])
    }
  })
}

async function applyNewMigrations(session: Session): Promise<void> {
  await session.run([
    statement(
      'create table if not exists quotakeeper_migration (hash text primary key, applied_at timestamptz not null default now())',
    ),
  ])
  const [rows] = await session.run([statement('select hash from quotakeeper_migration')])
  const applied = new Set((rows ?? []).map(row => row['hash']))
  for (const migration of readMigrationFiles({ migrationsFolder })) {
    if (applied.has(migration.hash)) continue
    await session.run([
      statement('begin'),
      ...migration.sql.map(text => statement(text)),
      {
        name: 'note-migration',
        text: 'insert into quotakeeper_migration (hash) values ($1)',
        values: [migration.hash],
      },
      statement('commit'),
    ])
  }
}
