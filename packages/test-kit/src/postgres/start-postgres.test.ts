import { Client } from 'pg'
import { expect, test } from 'vitest'
import { startPostgres } from './start-postgres.js'
import { createTestDatabase, testServers } from './test-servers.js'

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const result = await client.query<Record<string, unknown>>({ text })
    return result.rows
  } finally {
    await client.end()
  }
}

const settingsText = `SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('fsync') AS fsync,
            current_setting('synchronous_commit') AS commit, current_setting('full_page_writes') AS pages,
            current_setting('listen_addresses') AS addresses`
const durable = { major: 18, fsync: 'on', commit: 'on', pages: 'on', addresses: '127.0.0.1' }

test('the shared server is PostgreSQL 18, listens on loopback only, and runs without fsync', async () => {
  const [server] = testServers()
  expect(await query(server.url, settingsText)).toEqual([{ ...durable, fsync: 'off' }])
})

test('every test database is empty and independent', async () => {
  await using first = await createTestDatabase()
  await using second = await createTestDatabase()
  await query(first.url, 'CREATE TABLE mine (id int)')
  const tables = "SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'public'"
  expect(await query(first.url, tables)).toEqual([{ count: 1 }])
  expect(await query(second.url, tables)).toEqual([{ count: 0 }])
})

test('many test databases can be created at the same time', async () => {
  const databases = await Promise.all(Array.from({ length: 8 }, () => createTestDatabase()))
  expect(new Set(databases.map(database => database.url)).size).toBe(8)
  await Promise.all(databases.map(database => database.drop()))
})

test('a dropped database is gone, even with a client connected', async () => {
  const database = await createTestDatabase()
  const client = new Client({ connectionString: database.url })
  client.on('error', () => undefined)
  await client.connect()
  await database.drop()
  await database.drop()
  await expect(query(database.url, 'SELECT 1')).rejects.toThrow(/does not exist/)
})

test('a separate server is durable, and resumes at the same URL with its data, even after a crash', async () => {
  await using server = await startPostgres({ settings: { max_connections: '20' } })
  await using database = await server.createDatabase()
  await query(database.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  await server.halt()
  await expect(query(database.url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/)
  await server.resume()
  await server.restart('immediate')
  expect(await query(database.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
  expect(await query(database.url, 'SHOW max_connections')).toEqual([{ max_connections: '20' }])
  expect(await query(database.url, settingsText)).toEqual([durable])
})
