import { Pool } from 'pg'

const pools = new Map<string, Pool>()

/**
 * Runs a statement on a server of the test run in a session that is kept for the next one: a new one takes this process
 * and the server 9 ms of a core, and each test database needs two.
 *
 * @throws Error if the server cannot be reached or refuses
 */
export async function runInKeptSession(serverUrl: string, statement: string): Promise<void> {
  const pool = pools.get(serverUrl) ?? openPool(serverUrl)
  pools.set(serverUrl, pool)
  await pool.query(statement)
}

function openPool(serverUrl: string): Pool {
  const pool = new Pool({
    connectionString: serverUrl,
    max: 4,
    connectionTimeoutMillis: 60_000,
    // They end with this process, and do not keep it alive.
    idleTimeoutMillis: 0,
    allowExitOnIdle: true,
  })
  // A session that its server has ended is replaced.
  pool.on('error', () => undefined)
  return pool
}
