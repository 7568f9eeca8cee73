import type { TestProject } from 'vitest/node'
import { startPostgres } from './start-postgres.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the PostgreSQL 18 that all test files of a run share. */
    readonly embeddedPostgresUrl: string
    /** `QUOTA_TEST_DATABASE_URL`, or null where it is not given. */
    readonly namedPostgresUrl: string | null
  }
}

/** Vitest's global set-up: one cluster for the whole run. It fails the run where PostgreSQL does not start. */
export default async function startSharedPostgres(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  project.provide('embeddedPostgresUrl', server.url)
  project.provide('namedPostgresUrl', process.env['QUOTA_TEST_DATABASE_URL'] || null)
  return () => server.stop()
}
