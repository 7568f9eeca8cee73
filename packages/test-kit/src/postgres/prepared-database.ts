import { Client } from 'pg'
import { createDatabaseOn, type TestDatabase } from './test-database.js'
import { type TestServer, testServers } from './test-servers.js'

/** What databases are to hold before a test begins. */
export interface Preparation {
  /** Of the template, unique on its server: lower-case letters and underscores. */
  readonly name: string
  /** Fills a new, empty database, and leaves no connection to it. */
  readonly fill: (url: string) => Promise<void>
}

/** Held while a template is made. Any number would do that nobody else locks at the database `postgres`. */
const lockKey = 20_261_129

/** The templates that this process knows to be there, by the URL of their server and their name. */
const known = new Set<string>()

/**
 * A database of one's own that holds what the preparation makes: copied from a template, which the first process of the
 * run to need it makes on that server.
 *
 * @throws Error when the server cannot be reached or refuses; what the preparation throws
 */
export async function createPreparedDatabase(
  preparation: Preparation,
  server: TestServer = testServers()[0],
): Promise<TestDatabase> {
  const key = `${server.url} ${preparation.name}`
  if (!known.has(key)) await makeTemplate(server.url, preparation)
  known.add(key)
  return createDatabaseOn(server.url, { template: preparation.name, strategy: 'file_copy' })
}

async function makeTemplate(serverUrl: string, { name, fill }: Preparation): Promise<void> {
  const client = new Client({ connectionString: serverUrl, connectionTimeoutMillis: 60_000 })
  await client.connect()
  try {
    await client.query(`SELECT pg_advisory_lock(${lockKey})`)
    const isMade = 'SELECT FROM pg_database WHERE datname = $1 AND datistemplate'
    const { rowCount } = await client.query(isMade, [name])
    if (rowCount !== 0) return
    // Left behind half-filled, where the process that was at it has ended.
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0`)
    const url = new URL(serverUrl)
    url.pathname = `/${name}`
    await fill(url.href)
    await client.query(`ALTER DATABASE ${name} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`)
  } finally {
    await client.end()
  }
}
