import type { TestProject } from 'vitest/node'
import { findInstalledPostgres } from './postgres-binaries.js'
import { type PostgresServer, startPostgres } from './start-postgres.js'
import { makeTemplates } from './templates.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the PostgreSQL 18 shared by all test files of a run. */
    readonly embeddedPostgresUrl: string
    /** URL of the oldest supported PostgreSQL; null if it is not installed. */
    readonly oldestPostgresUrl: string | null
    /** `QUOTA_TEST_DATABASE_URL`; null if not set. */
    readonly namedPostgresUrl: string | null
  }
}

const oldestMajor = 15
/**
 * No test depends on durability after a power failure, so the temporary cluster is not flushed. Tests that crash a
 * server start their own.
 */
const settings = { fsync: 'off' }

/** Vitest's global set-up: one cluster for the whole run. Fails the run if PostgreSQL does not start. */
export default async function startSharedPostgres(project: TestProject): Promise<() => Promise<void>> {
  const removeTemplates = await makeTemplates()
  const [server, oldest] = await Promise.all([startPostgres({ settings }), startOldest()])
  project.provide('embeddedPostgresUrl', server.url)
  project.provide('oldestPostgresUrl', oldest?.url ?? null)
  project.provide('namedPostgresUrl', process.env['QUOTA_TEST_DATABASE_URL'] || null)
  return async () => {
    await Promise.all([server.stop(), oldest?.stop(), removeTemplates()])
  }
}

/** @throws Error in CI if it is not installed, since CI must test every supported release */
async function startOldest(): Promise<PostgresServer | null> {
  const binaries = await findInstalledPostgres(oldestMajor)
  if (binaries !== null) return startPostgres({ binaries, settings })
  if (process.env['CI'] !== 'true') return null
  throw new Error(`PostgreSQL ${oldestMajor} is not installed: apt-get install postgresql-${oldestMajor}`)
}
