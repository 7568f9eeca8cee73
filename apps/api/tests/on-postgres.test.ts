import { writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import {
  createApiDatabase,
  createTestDatabase,
  isThorough,
  type PostgresServer,
  startPgBouncer,
  startPostgres,
  untriedPooler,
} from '@quotakeeper/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder, startApiInstance, startApiProcess } from './api-process.js'

// Each start takes a second, or several on a busy machine.
describe('two processes on one PostgreSQL', () => {
  const configOf = (max: number): string => `
providers:
  - name: hot
    vendor: custom
    pool: org
    baseUrl: http://127.0.0.1:8080/v1
    apiKeyEnv: KEY
    metadata: { zeta: 1, alpha: { y: 1, b: 2 } }
    limits: { requests/day: ${max} }
pools:
  - { name: org, limits: [{ metric: tokens, window: rolling-60s, max: 5000000, model: "*", per: model, countsCached: false }] }
`

  /** Makes twice as many concurrent calls as are allowed. */
  const grantsExactly = async (max: number, databaseUrl: string): Promise<void> => {
    await using folder = await makeFolder()
    await writeFile(join(folder.path, 'quotakeeper.config.yaml'), configOf(max))
    const env = { QUOTA_DATABASE_URL: databaseUrl }
    const [one, two] = await Promise.all([startApiProcess(folder, env), startApiProcess(folder, env)])
    await using _one = one
    await using _two = two
    const calls = Array.from({ length: 2 * max }, (_, index) =>
      (index % 2 === 0 ? one : two).client.quota.reserve.mutate({ providerName: 'hot', model: 'any' }),
    )
    const answers = await Promise.all(calls)
    expect(answers.filter(answer => answer.decision === 'granted')).toHaveLength(max)
    expect(answers.filter(answer => answer.decision === 'denied')).toHaveLength(max)
    const stats = await two.client.stats.get.query({ providerName: 'hot' })
    expect(stats.limits.find(limit => limit.id === 'requests/day')).toMatchObject({
      held: max,
      remaining: 0,
    })
    expect(one.process.output() + two.process.output()).not.toMatch(/deadlock|"level":"error"/)
  }

  it('start also where the server answers late, and say so', async () => {
    const database = await createApiDatabase()
    const { hostname, port } = new URL(database.url)
    // The first connection is taken, and never answered.
    let taken = 0
    const late = createServer(socket => {
      socket.on('error', () => undefined)
      if (++taken === 1) return
      const server = connect({ host: hostname, port: Number(port) })
      server.on('error', () => socket.destroy())
      socket.pipe(server).pipe(socket)
    })
    await new Promise<void>(resolve => late.listen(0, '127.0.0.1', resolve))
    const address = late.address()
    if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
    const url = new URL(database.url)
    url.host = `127.0.0.1:${address.port}`
    await using folder = await makeFolder()
    const api = await startApiInstance(folder, { QUOTA_DATABASE_URL: url.href })
    expect(api.instance.output()).toMatch(/does not answer in time; it is asked again/)
    expect((await fetch(`${api.origin}/readyz`)).status).toBe(200)
    await api[Symbol.asyncDispose]()
    late.close()
    await database.drop()
  })

  // It takes 20 s.
  it.runIf(isThorough)('end with one line where the server never answers', async () => {
    const silent = createServer(socket => socket.on('error', () => undefined))
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
    await using folder = await makeFolder()
    const url = `postgres://me@127.0.0.1:${address.port}/quota`
    await expect(startApiInstance(folder, { QUOTA_DATABASE_URL: url })).rejects.toThrow(
      /it does not answer in time; check network and firewall, .* in QUOTA_DATABASE_URL/,
    )
    silent.close()
  })

  const max = isThorough ? 1_000 : 200
  it(`start concurrently, grant exactly ${max} of ${2 * max} concurrent calls, and fail none`, async () => {
    await using database = await createTestDatabase()
    await grantsExactly(max, database.url)
  })

  it.skipIf(untriedPooler() !== null)(
    'grant exactly 200 of 400 behind PgBouncer in transaction mode',
    async () => {
      await using database = await createTestDatabase()
      await using pooler = await startPgBouncer({ serverUrl: database.url, poolMode: 'transaction' })
      await grantsExactly(200, pooler.url)
    },
  )

  it.skipIf(untriedPooler() !== null)(
    'report in one line at the start what a pooler does not support',
    async () => {
      await using database = await createTestDatabase()
      await using pooler = await startPgBouncer({ serverUrl: database.url, poolMode: 'transaction' })
      await using folder = await makeFolder()
      const env = { QUOTA_DATABASE_URL: `${pooler.url}?options=-c%20search_path%3Dmine` }
      await expect(startApiProcess(folder, env)).rejects.toThrow(
        /quotakeeper api: [^\n]*does not support "options"[^\n]*leave them out in QUOTA_DATABASE_URL/,
      )
    },
  )

  it('change nothing if a configuration is applied again', async () => {
    await using database = await createApiDatabase()
    await using folder = await makeFolder()
    await writeFile(join(folder.path, 'quotakeeper.config.yaml'), configOf(1_000))
    const env = { QUOTA_DATABASE_URL: database.url }
    await using first = await startApiInstance(folder, env)
    const before = [await first.client.providers.list.query(), await first.client.pools.list.query()]
    await using again = await startApiInstance(folder, env)
    expect([await again.client.providers.list.query(), await again.client.pools.list.query()]).toEqual(before)
  })
})

describe('a PostgreSQL that becomes unavailable', () => {
  let server: PostgresServer

  // Not the shared one, which others use meanwhile.
  beforeAll(async () => {
    server = await startPostgres()
  })

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  it('is 503 while unavailable, and reconnected without a restart', async () => {
    await using folder = await makeFolder()
    await using api = await startApiInstance(folder, { QUOTA_DATABASE_URL: server.url })
    const record = (): Promise<number> =>
      fetch(`${api.origin}/trpc/usage.record`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ providerName: 'groq_1', characterCount: 1 }),
      }).then(response => response.status)
    expect(await record()).toBe(200)
    await server.halt('immediate')
    expect(await record()).toBe(503)
    expect((await fetch(`${api.origin}/readyz`)).status).toBe(503)
    expect((await fetch(`${api.origin}/healthz`)).status).toBe(200)
    await server.resume()
    await expect.poll(record).toBe(200)
    expect(await api.client.stats.get.query({ providerName: 'groq_1' })).toMatchObject({ characterCount: 2 })
  })

  it('ends a session of the dashboard only on this server, which is reported, and it can be ended again', async () => {
    await using folder = await makeFolder()
    await using api = await startApiInstance(folder, {
      QUOTA_DATABASE_URL: server.url,
      QUOTA_API_TOKEN: 'for-looking',
    })
    const answer = await fetch(`${api.origin}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: 'for-looking' }),
    })
    const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
    const leave = () => fetch(`${api.origin}/session`, { method: 'DELETE', headers: { cookie } })
    await server.halt('immediate')
    const left = await leave()
    expect(left.status).toBe(503)
    expect(await left.text()).toContain(
      'the database does not answer, so the session has ended on this server only',
    )
    // The browser keeps the cookie, which ends the session again.
    expect(left.headers.get('set-cookie')).toBeNull()
    const look = async () => (await fetch(`${api.origin}/trpc/stats.all`, { headers: { cookie } })).status
    expect(await look()).toBe(401)
    await server.resume()
    await expect.poll(async () => (await leave()).status).toBe(200)
    await using later = await startApiInstance(folder, {
      QUOTA_DATABASE_URL: server.url,
      QUOTA_API_TOKEN: 'for-looking',
    })
    expect((await fetch(`${later.origin}/trpc/stats.all`, { headers: { cookie } })).status).toBe(401)
  })
})

describe('an ended session of the dashboard', () => {
  it('is ended at every replica, and after a restart', async () => {
    await using database = await createApiDatabase()
    await using folder = await makeFolder()
    const env = { QUOTA_DATABASE_URL: database.url, QUOTA_API_TOKEN: 'for-looking' }
    const [one, two] = await Promise.all([startApiProcess(folder, env), startApiInstance(folder, env)])
    await using _one = one
    await using _two = two
    const answer = await fetch(`${one.origin}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: 'for-looking' }),
    })
    const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
    const look = async (origin: string): Promise<number> =>
      (await fetch(`${origin}/trpc/stats.all`, { headers: { cookie } })).status
    expect([await look(one.origin), await look(two.origin)]).toEqual([200, 200])
    const left = await fetch(`${one.origin}/session`, { method: 'DELETE', headers: { cookie } })
    expect([left.status, await look(one.origin)]).toEqual([200, 401])
    await expect.poll(() => look(two.origin)).toBe(401)
    await using later = await startApiInstance(folder, env)
    expect(await look(later.origin)).toBe(401)
  })
})
