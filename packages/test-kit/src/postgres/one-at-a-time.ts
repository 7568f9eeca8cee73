import { Client } from 'pg'

/** Advisory lock. Any number not used by others in the database `postgres`. */
const lockKey = 20_261_129

/**
 * Does what only one process of a test run may do at a time, with a session of this server. A process that ends releases
 * its turn.
 *
 * @throws Error if the server cannot be reached; rethrows errors of the work
 */
export async function oneAtATime(serverUrl: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: serverUrl, connectionTimeoutMillis: 60_000 })
  await client.connect()
  try {
    await client.query(`SELECT pg_advisory_lock(${lockKey})`)
    await work(client)
  } finally {
    await client.end()
  }
}
