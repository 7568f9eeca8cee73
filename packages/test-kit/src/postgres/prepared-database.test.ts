import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { createPreparedDatabase } from './prepared-database.js'

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

const nameOfOwn = (): string => `prepared_${randomBytes(6).toString('hex')}`

test('a preparation runs once, and every database is an independent copy of it', async () => {
  let fills = 0
  const fill = async (url: string): Promise<void> => {
    fills++
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  }
  const preparation = { name: nameOfOwn(), fill }
  await using first = await createPreparedDatabase(preparation)
  const others = await Promise.all([1, 2, 3].map(() => createPreparedDatabase(preparation)))
  await first.execute('UPDATE kept SET answer = 1')
  for (const { url, drop } of others) {
    expect(await query(url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await drop()
  }
  expect(fills).toBe(1)
})

test('a failed preparation is repeated by the next caller', async () => {
  const name = nameOfOwn()
  const failing = async (url: string): Promise<void> => {
    await query(url, 'CREATE TABLE half AS SELECT 1 AS n')
    throw new Error('it broke off')
  }
  await expect(createPreparedDatabase({ name, fill: failing })).rejects.toThrow('it broke off')
  await using database = await createPreparedDatabase({ name, fill: async () => {} })
  const tables = "SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'public'"
  expect(await query(database.url, tables)).toEqual([{ count: 0 }])
})

test('concurrent workers create one template', async () => {
  const name = nameOfOwn()
  let fills = 0
  const preparation = { name, fill: async () => void fills++ }
  const databases = await Promise.all([1, 2, 3, 4].map(() => createPreparedDatabase(preparation)))
  await Promise.all(databases.map(({ drop }) => drop()))
  expect(fills).toBe(1)
})
