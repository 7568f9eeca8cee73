import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { createApiDatabase } from './api-database.js'
import { startInstance } from './start-instance.js'

test('instances have their own address, database and log, and one goes on when another is stopped', async () => {
  const databases = [await createApiDatabase(), await createApiDatabase()]
  const start = (url: string) =>
    startInstance('api', { environment: { QUOTA_DATABASE_URL: url, QUOTA_API_PORT: '0' } })
  const [one, two] = await Promise.all(databases.map(({ url }) => start(url)))
  if (one === undefined || two === undefined) throw new Error('there are two')
  const providersAt = async (origin: string): Promise<unknown> =>
    (await fetch(`${origin}/api/v1/providers/mine`)).status
  await fetch(`${one.origin}/api/v1/providers/mine`, {
    ...{ method: 'PUT', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ vendor: 'groq', limits: [] }),
  })
  expect([await providersAt(one.origin), await providersAt(two.origin)]).toEqual([200, 404])
  await one.stop()
  await expect(fetch(`${one.origin}/healthz`)).rejects.toThrow('fetch failed')
  expect((await fetch(`${two.origin}/healthz`)).status).toBe(200)
  // To stop it again changes nothing.
  await one.stop()
  await two.stop()
  for (const database of databases) await database.drop()
})

test('an instance that cannot start is reported with the reason', async () => {
  const taken = createServer()
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const database = await createApiDatabase()
  const environment = { QUOTA_DATABASE_URL: database.url, QUOTA_API_PORT: String(port) }
  await expect(startInstance('api', { environment })).rejects.toThrow(/failed: .*QUOTA_API_PORT/)
  taken.close()
  await database.drop()
})

test('an API without a database of its own is refused', () => {
  for (const environment of [{}, { QUOTA_DATABASE_URL: 'embedded:data' }])
    expect(() => startInstance('api', { environment })).toThrow('set QUOTA_DATABASE_URL')
})
