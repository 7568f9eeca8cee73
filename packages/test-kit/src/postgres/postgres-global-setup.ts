import type { TestProject } from 'vitest/node'
import { findInstalledPostgres } from './postgres-binaries.js'
import { type PostgresServer, startPostgres } from './start-postgres.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the PostgreSQL 18 that all test files of a run share. */
    readonly embeddedPostgresUrl: string
    /** Of the oldest PostgreSQL that is promised, or null where it is not installed. */
    readonly oldestPostgresUrl: string | null
    /** `QUOTA_TEST_DATABASE_URL`, or null where it is not given. */
    readonly namedPostgresUrl: string | null
  }
}

const oldestMajor = 15
/**
 * What a power cut leaves is no test's matter, and neither is waiting for the disk: a cluster that is gone after the run
 * is not flushed. Tests that end a server start one of their own.
 */
const settings = { fsync: 'off' }

/** Vitest's global set-up: a cluster for the whole run. It fails the run where PostgreSQL does not start. */
export default async function startSharedPostgres(project: TestProject): Promise<() => Promise<void>> {
  const [server, oldest] = await Promise.all([startPostgres({ settings }), startOldest()])
  project.provide('embeddedPostgresUrl', server.url)
  project.provide('oldestPostgresUrl', oldest?.url ?? null)
  project.provide('namedPostgresUrl', process.env['QUOTA_TEST_DATABASE_URL'] || null)
  return async () => {
    await Promise.all([server.stop(), oldest?.stop()])
  }
}

/** @throws Error in CI where it is not installed: there, nothing promised goes untried */
async function startOldest(): Promise<PostgresServer | null> {
  const binaries = await findInstalledPostgres(oldestMajor)
  if (binaries !== null) return startPostgres({ binaries, settings })
  if (process.env['CI'] !== 'true') return null
  throw new Error(`PostgreSQL ${oldestMajor} is not installed: apt-get install postgresql-${oldestMajor}`)
}
