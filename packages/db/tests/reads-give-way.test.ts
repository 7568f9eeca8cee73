import { createTestDatabase } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase } from '../src/index.js'

let database: Database
let drop: () => Promise<void>

beforeAll(async () => {
  const created = await createTestDatabase()
  drop = created.drop
  database = await openDatabase(created.url)
})

afterAll(async () => {
  await database.close()
  await drop()
})

/** A read that would take a minute. */
const long = { name: '', text: 'select pg_sleep(60)', values: [] }
const refused = { code: 'READ_REFUSED' }

/** How many of them the server is at. */
async function atWork(): Promise<number> {
  const text = `select count(*) as count from pg_stat_activity
    where datname = current_database() and state = 'active' and query = '${long.text}'`
  const [[row] = []] = await database.withSession(session => session.run([{ name: '', text, values: [] }]))
  return Number(row?.['count'])
}

test('a read is cancelled at the server when its caller has gone', async () => {
  const caller = new AbortController()
  const read = database.read([long], { signal: caller.signal })
  await expect.poll(atWork).toBe(1)
  caller.abort()
  await expect(read).rejects.toMatchObject(refused)
  await expect.poll(atWork).toBe(0)
  // What was thrown away is replaced.
  expect(await database.read([{ name: '', text: 'select 1 as one', values: [] }])).toEqual([[{ one: 1 }]])
})

test('two pages and one file are read at once, however many are asked for, and calls go on', async () => {
  const caller = new AbortController()
  const { signal } = caller
  const reads = Array.from({ length: 20 }, (_, index) =>
    database.read([long], { signal, isBulk: index % 2 === 0 }),
  )
  const ended = Promise.allSettled(reads)
  await expect.poll(atWork).toBe(3)
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      database.withSession(session => session.run([{ name: '', text: 'select 1 as one', values: [] }])),
    ),
  )
  expect(answers).toHaveLength(10)
  expect(await atWork()).toBe(3)
  caller.abort()
  for (const { status } of await ended) expect(status).toBe('rejected')
  await expect.poll(atWork).toBe(0)
})

test('a read that takes too long is refused with what to narrow, and not tried again', async () => {
  await expect(database.read([long])).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining('fewer days'),
  })
})
