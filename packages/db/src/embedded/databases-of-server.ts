import pg from 'pg'
import type { ServerAddress } from './server-address.js'

/** The database that holds everything. */
export const databaseName = 'quotakeeper'
const timeoutMs = 60_000

/** Creates the database where it is missing. @throws the server's error */
export async function makeDatabase(address: ServerAddress): Promise<void> {
  if (await hasDatabase(address)) return
  await ask(address, { database: 'postgres', text: `create database ${databaseName}` })
}

/** Drops and creates it, empty. @throws the server's error */
export async function makeDatabaseAnew(address: ServerAddress): Promise<void> {
  await ask(address, { database: 'postgres', text: `drop database if exists ${databaseName} with (force)` })
  await ask(address, { database: 'postgres', text: `create database ${databaseName}` })
}

/** Whether all of a PGlite folder has been moved into it. @throws the server's error */
export async function hasMoved(address: ServerAddress): Promise<boolean> {
  if (!(await hasDatabase(address))) return false
  const text = `select from pg_class where oid = to_regclass('${movedTable}')`
  return (await ask(address, { database: databaseName, text })).length > 0
}

/** Made and filled in the transaction of a move, as its last. */
export const movedTable = 'quotakeeper_moved_from'

async function hasDatabase(address: ServerAddress): Promise<boolean> {
  const text = `select from pg_database where datname = '${databaseName}'`
  return (await ask(address, { database: 'postgres', text })).length > 0
}

async function ask(
  address: ServerAddress,
  { database, text }: { readonly database: string; readonly text: string },
): Promise<readonly unknown[]> {
  const client = new pg.Client({
    connectionString: address.urlOf(database),
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  })
  // A connection that breaks fails the query, too; without a listener the event would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}
