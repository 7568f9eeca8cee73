import { inject } from 'vitest'
import { runInKeptSession } from './kept-sessions.js'
import type {} from './postgres-global-setup.js'
import { createDatabaseOn, type TestDatabase } from './test-database.js'

/** A PostgreSQL server to test on. */
export interface TestServer {
  /** Name for the title of a suite. */
  readonly name: string
  readonly url: string
  /** Whether it is the oldest supported release. */
  readonly isOldest: boolean
}

/**
 * The servers on which a store's contract is tested: always the shared embedded PostgreSQL 18; PostgreSQL 15, the
 * oldest supported, if installed; and that of `QUOTA_TEST_DATABASE_URL` if set.
 *
 * @throws Error outside of a test run
 */
export function testServers(): readonly [TestServer, ...TestServer[]] {
  const oldestUrl = inject('oldestPostgresUrl')
  const namedUrl = inject('namedPostgresUrl')
  return [
    { name: 'PostgreSQL 18', url: inject('embeddedPostgresUrl'), isOldest: false },
    ...(oldestUrl === null ? [] : [{ name: 'PostgreSQL 15', url: oldestUrl, isOldest: true }]),
    ...(namedUrl === null
      ? []
      : [{ name: 'the server of QUOTA_TEST_DATABASE_URL', url: namedUrl, isOldest: false }]),
  ]
}

/** Titles of skipped tests for servers missing on this machine. Empty in CI, where a missing server fails the run. */
export function untriedServers(): readonly string[] {
  return inject('oldestPostgresUrl') === null
    ? ['PostgreSQL 15 is not tested: it is not installed (apt-get install postgresql-15)']
    : []
}

/**
 * Creates an empty database, on the shared PostgreSQL 18 unless a server is given. Drop it at the end of the test file:
 * `afterAll(() => database.drop())` or `await using`.
 *
 * @throws Error if the server cannot be reached or refuses
 */
export function createTestDatabase(server: TestServer = testServers()[0]): Promise<TestDatabase> {
  return createDatabaseOn(server.url, { strategy: 'file_copy', runOnServer: runInKeptSession })
}
