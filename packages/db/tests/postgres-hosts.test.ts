import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type PostgresServer, startPostgres } from '@quotakeeper/test-kit'
import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { type Database, openDatabase } from '../src/index.js'
import { readValue } from './read-value.js'

const ownPort = "select current_setting('port')::int4"

function portOf(server: PostgresServer): number {
  return Number(new URL(server.url).port)
}

/** Starts a server again as a standby, which it stays until it is promoted: only then `promoted` resolves. */
async function makeStandby(server: PostgresServer, password: string): Promise<{ promoted: Promise<void> }> {
  const database = await openDatabase(server.url)
  const folder = String(await readValue(database, 'show data_directory'))
  // All hosts of a URL are entered with one password.
  await readValue(database, `alter role postgres password '${password}'`)
  await database.close()
  await server.halt()
  await writeFile(join(folder, 'standby.signal'), '')
  return { promoted: server.resume() }
}

/** By a client of its own: ours refuse a standby. */
async function promote(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('select pg_promote()')
  await client.end()
}

/** The port of the server that answers, as soon as one does. */
async function answeringPort(database: Database): Promise<unknown> {
  return vi.waitFor(() => readValue(database, ownPort), { timeout: 120_000 })
}

test('of several hosts the first that is no standby serves, and after a failover its successor', async () => {
  await using first = await startPostgres()
  await using second = await startPostgres()
  const { password } = new URL(second.url)
  const { promoted } = await makeStandby(first, password)
  const standbyUrl = `postgres://postgres:${password}@127.0.0.1:${portOf(first)}/postgres`
  const hostsUrl = `postgres://postgres:${password}@127.0.0.1:${portOf(first)},127.0.0.1:${portOf(second)}/postgres`
  const database = await openDatabase(hostsUrl)
  const standby = await openDatabase(standbyUrl)

  // Until it answers at all, the standby is a host that is away; then it is one to pass over.
  const refusal = await vi.waitFor(
    async () => {
      const error: unknown = await readValue(standby, 'select 1').catch((reason: unknown) => reason)
      expect(error).toMatchObject({ cause: { message: 'this server is a standby' } })
      return error
    },
    { timeout: 120_000 },
  )
  expect(refusal).toMatchObject({ code: 'STORE_UNAVAILABLE' })
  const ports = await Promise.all(Array.from({ length: 20 }, () => readValue(database, ownPort)))
  expect(new Set(ports)).toEqual(new Set([portOf(second)]))

  await second.halt('immediate')
  await expect(readValue(database, ownPort)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  await promote(standbyUrl)
  await promoted
  expect(await answeringPort(database)).toBe(portOf(first))
  await Promise.all([database.close(), standby.close()])
})
