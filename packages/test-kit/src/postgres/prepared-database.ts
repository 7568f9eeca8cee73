import { runInKeptSession } from './kept-sessions.js'
import { oneAtATime } from './one-at-a-time.js'
import { createDatabaseOn, type TestDatabase } from './test-database.js'
import { type TestServer, testServers } from './test-servers.js'

/** The initial content of test databases. */
export interface Preparation {
  /** Name of the template, unique on its server: lower-case letters and underscores. */
  readonly name: string
  /** Fills a new, empty database and closes its connections. */
  readonly fill: (url: string) => Promise<void>
}

/** Existing templates known to this process, by server URL and name. */
const known = new Set<string>()

/**
 * Creates a database with the prepared content: a copy of a template, which the first process of the run creates on
 * that server.
 *
 * @throws Error if the server cannot be reached or refuses; rethrows errors of the preparation
 */
export async function createPreparedDatabase(
  preparation: Preparation,
  server: TestServer = testServers()[0],
): Promise<TestDatabase> {
  const key = `${server.url} ${preparation.name}`
  if (!known.has(key)) await makeTemplate(server.url, preparation)
  known.add(key)
  const { name: template } = preparation
  return createDatabaseOn(server.url, { template, strategy: 'file_copy', runOnServer: runInKeptSession })
}

function makeTemplate(serverUrl: string, { name, fill }: Preparation): Promise<void> {
  return oneAtATime(serverUrl, async client => {
    const isMade = 'SELECT FROM pg_database WHERE datname = $1 AND datistemplate'
    const { rowCount } = await client.query(isMade, [name])
    if (rowCount !== 0) return
    // An incomplete one may be left by a process that ended.
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0`)
    const url = new URL(serverUrl)
    url.pathname = `/${name}`
    await fill(url.href)
    await client.query(`ALTER DATABASE ${name} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`)
  })
}
