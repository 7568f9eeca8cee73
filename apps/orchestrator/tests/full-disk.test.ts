import {
  createApiDatabase,
  isThorough,
  mayMount,
  type SmallDisk,
  startPostgres,
  startSmallDisk,
} from '@quotakeeper/test-kit'
import { describe, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { startTestApi, type TestApi } from './test-api.js'

/** A database whose writes can be disabled. */
interface Slot extends AsyncDisposable {
  readonly url: string
  fill(): Promise<void>
  makeRoom(): Promise<void>
}

/** A database that reports a full disk. */
async function pretendedDisk(): Promise<Slot> {
  const database = await createApiDatabase()
  const tables = ['usage_attempt', 'quota_counter', 'ai_provider_usage']
  const all = (text: (table: string) => string) => database.execute(tables.map(text).join(';'))
  return {
    url: database.url,
    fill: async () => {
      await database.execute(`create or replace function full_disk() returns trigger language plpgsql as $$
        begin raise exception using errcode = '53100', message = 'could not extend file: No space left on device'; end $$`)
      await all(
        table =>
          `create trigger full_disk before insert on ${table} for each row execute function full_disk()`,
      )
    },
    makeRoom: () => all(table => `drop trigger full_disk on ${table}`),
    [Symbol.asyncDispose]: () => database.drop(),
  }
}

/** A database on its own file system, which is really full. */
async function realDisk(): Promise<Slot> {
  const server = await startPostgres()
  let disk: SmallDisk | null = null
  try {
    const small = await startSmallDisk(server.url)
    disk = small
    return {
      url: small.database.url,
      fill: () => small.fill(),
      makeRoom: () => small.makeRoom(),
      [Symbol.asyncDispose]: async () => {
        await small[Symbol.asyncDispose]()
        await server.stop()
      },
    }
  } finally {
    if (disk === null) await server.stop()
  }
}

const readiness = async (api: TestApi): Promise<{ readonly status: number; readonly text: string }> => {
  const response = await fetch(`${api.origin}/readyz`)
  return { status: response.status, text: await response.text() }
}

/** Reserves until it fails; returns the number of grants. A full disk may have room for some rows on existing pages. */
async function reserveUntilFull(api: TestApi, providerName: string): Promise<number> {
  for (let granted = 0; ; granted++) {
    const response = await fetch(`${api.origin}/trpc/quota.acquire`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ candidates: [{ providerName }], requestId: 'x'.repeat(200) }),
    })
    if (response.status !== 200) {
      expect(response.status).toBe(503)
      return granted
    }
  }
}

/** Asks the gateway until it refuses, as {@link reserveUntilFull} does: what was given up leaves room. How many were served. */
async function askUntilFull(fixture: Fixture): Promise<number> {
  for (let served = 0; ; served++) {
    const { status } = await fixture.ask()
    if (status !== 200) {
      expect(status).toBe(503)
      return served
    }
  }
}

async function staysExact(openSlot: () => Promise<Slot>): Promise<void> {
  await using slot = await openSlot()
  await using api = await startTestApi({ databaseUrl: slot.url })
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const calls = 20
  // Every call is at its vendor when the disk is full, so its usage cannot be written.
  let isFull: () => void = () => undefined
  const full = new Promise<void>(resolve => {
    isFull = resolve
  })
  fixture.vendor.respondWith(async () => {
    await full
    return undefined
  })
  const asking = Array.from({ length: calls }, () => fixture.ask())
  await fixture.vendor.until(seen => seen.length === calls)
  await slot.fill()
  const granted = await reserveUntilFull(api, fixture.nameOf('a'))
  isFull()
  for (const answer of await Promise.all(asking)) expect(answer.status).toBe(200)
  const served = calls + (await askUntilFull(fixture))
  const unready = await readiness(api)
  expect(unready.status).toBe(503)
  expect(unready.text).toContain('takes no writes (SQLSTATE 53100)')
  expect((await fetch(`${api.origin}/healthz`)).status).toBe(200)
  expect(api.output()).toMatch(/the quota store fails/)
  expect(api.output()).toMatch(/"sqlState":"53100"/)
  expect(api.output()).toMatch(/No space left on device/)
  await slot.makeRoom()
  await expect.poll(async () => (await readiness(api)).status).toBe(200)
  const rows = await fixture.ledgerOf('a')
  const committed = rows.filter(({ state }) => state === 'committed')
  expect(committed).toHaveLength(served)
  for (const row of committed)
    expect(row).toMatchObject({ outcome: 'succeeded', requestCount: 1, characterCount: 31 })
  const stats = await api.client.stats.get.query({ providerName: fixture.nameOf('a') })
  expect(stats).toMatchObject({ requestCount: served, characterCount: served * 31 })
  expect(rows).toHaveLength(served + granted)
}

describe('while the disk is full, calls are 503 and the log states why; with room, usage is settled exactly', () => {
  // In `test` only where there is no real one.
  if (isThorough || !mayMount) test('with a simulated full disk', () => staysExact(pretendedDisk))

  if (mayMount) test('with a really full disk', () => staysExact(realDisk))
  else if (process.env['CI'] === 'true')
    throw new Error('mounting a small disk to fill requires root, and CI runs as root')
  else test.skip('with a really full disk: skipped, mounting a small disk requires root', () => undefined)
})
