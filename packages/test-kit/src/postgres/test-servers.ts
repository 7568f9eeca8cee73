import { inject } from 'vitest'
import type {} from './postgres-global-setup.js'
import { createDatabaseOn, type TestDatabase } from './test-database.js'

/** A PostgreSQL server to test on. */
export interface TestServer {
  /** For the title of a suite. */
  readonly name: string
  readonly url: string
}

/**
 * The servers that a store's contract must hold on: always the embedded PostgreSQL 18 that the test run
 * shares; PostgreSQL 15, the oldest that is promised, where it is installed; and the one named by
 * `QUOTA_TEST_DATABASE_URL` where that is given.
 *
 * @throws Error outside of a test run
 */
export function testServers(): readonly [TestServer, ...TestServer[]] {
  const oldestUrl = inject('oldestPostgresUrl')
  const namedUrl = inject('namedPostgresUrl')
  return [
    { name: 'PostgreSQL 18', url: inject('embeddedPostgresUrl') },
    ...(oldestUrl === null ? [] : [{ name: 'PostgreSQL 15', url: oldestUrl }]),
    ...(namedUrl === null ? [] : [{ name: 'the server of QUOTA_TEST_DATABASE_URL', url: namedUrl }]),
  ]
}

/**
 * What goes untried on this machine, each in words for the title of a test that is skipped. Never anything
 * in CI, where a missing server fails the run.
 */
export function untriedServers(): readonly string[] {
  return inject('oldestPostgresUrl') === null
    ? ['PostgreSQL 15 is not tested: it is not installed (apt-get install postgresql-15)']
    : []
}

/**
 * A fresh, empty database, on the shared PostgreSQL 18 where no server is given.
 * Drop it when the test file is done: `afterAll(() => database.drop())` or `await using`.
 *
 * @throws Error when the server cannot be reached or refuses
 */
export function createTestDatabase(server: TestServer = testServers()[0]): Promise<TestDatabase> {
  return createDatabaseOn(server.url, { strategy: 'file_copy' })
}
