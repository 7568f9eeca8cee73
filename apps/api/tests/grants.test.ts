import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createApiDatabase } from '@quotakeeper/test-kit'
import { expect, it } from 'vitest'
import { makeFolder, startApiInstance } from './api-process.js'

const config = `
providers:
  - name: trial
    vendor: custom
    monthStartsOn: 15
    baseUrl: http://127.0.0.1:8080/v1
    apiKeyEnv: KEY
    limits: { requests/month: 100, requests/total: 5000, concurrency: 500 }
`
const trial = { providerName: 'trial' }

it('a grant to a limit of the configuration file is spent exactly, outlives a restart, and ends', async () => {
  await using database = await createApiDatabase()
  await using folder = await makeFolder()
  await writeFile(join(folder.path, 'quotakeeper.config.yaml'), config)
  const env = { QUOTA_DATABASE_URL: database.url }
  const subject = { kind: 'provider', name: 'trial' } as const
  let settings: unknown
  {
    await using api = await startApiInstance(folder, env)
    const { client } = api
    await client.usage.record.mutate({ ...trial, requestCount: 100 })
    const spent = await client.quota.reserve.mutate(trial)
    expect(spent).toMatchObject({ decision: 'denied', reasons: [{ limitId: 'requests/month' }] })
    const far = new Date(Date.now() + 86_400_000).toISOString()
    const grant = { subject, limitId: 'requests/month', amount: 20, until: far }
    expect(await client.quota.grant.mutate(grant)).toMatchObject({ max: 120, grants: [{ until: far }] })
    const calls = Array.from({ length: 50 }, () => client.quota.reserve.mutate(trial))
    const decisions = (await Promise.all(calls)).map(({ decision }) => decision)
    expect(decisions.filter(decision => decision === 'granted')).toHaveLength(20)
    settings = await client.providers.get.query({ name: 'trial' })
    const until = new Date(Date.now() + 8_000).toISOString()
    await client.quota.grant.mutate({ subject, limitId: 'requests/month', amount: 5, until })
  }
  await using api = await startApiInstance(folder, env)
  const { client } = api
  expect(await client.providers.get.query({ name: 'trial' })).toEqual(settings)
  const monthly = async () =>
    (await client.stats.get.query(trial)).limits.find(({ id }) => id === 'requests/month')
  expect(await monthly()).toMatchObject({ used: 100, held: 20 })
  await expect.poll(async () => (await monthly())?.max, { timeout: 60_000 }).toBe(120)
  const denied = await client.quota.reserve.mutate(trial)
  expect(denied).toMatchObject({ decision: 'denied', reasons: [{ limitId: 'requests/month' }] })
  const { rows } = await client.audit.list.query({})
  const grants = rows.filter(({ action }) => action === 'quota.grant')
  expect(grants.map(({ subject: { name }, details }) => [name, details['amount']])).toEqual([
    ['trial', 5],
    ['trial', 20],
  ])
})
