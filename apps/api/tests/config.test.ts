import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryQuotaStore } from '@quotakeeper/quota-core'
import { afterAll, describe, expect, it } from 'vitest'
import { configJsonSchema } from '../src/config/config-json-schema.js'
import { readConfigFile } from '../src/config/read-config-file.js'
import { startTestApi } from './test-api.js'

const folder = mkdtempSync(join(tmpdir(), 'quotakeeper-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const path = join(folder, 'mine.yaml')
const environment = { QUOTA_CONFIG: path }

const text = `
providers:
  - { name: groq_1, vendor: groq, pool: org, limits: { characters/day: 100 }, priority: 5 }
  - { name: local_1, vendor: custom, baseUrl: "http://127.0.0.1:8080/v1/", apiKeyEnv: LOCAL_KEY, models: ["llama-*"] }
pools:
  - { name: org, limits: { requests/day: 10 } }
routing: { strategy: round-robin, maxWaitMs: 5000, aliases: { fast: [groq/llama] } }
`

async function everything(api: Awaited<ReturnType<typeof startTestApi>>): Promise<unknown> {
  return [await api.client.providers.list.query(), await api.client.pools.list.query()]
}

describe('a configuration file', () => {
  it('makes what it says be, in place of the samples, and of nothing else', async () => {
    const store = new MemoryQuotaStore({ now: Date.now })
    {
      await using api = await startTestApi({ store })
      await api.client.providers.upsert.mutate({ name: 'by_hand', vendor: 'openai' })
      await api.client.usage.record.mutate({ providerName: 'groq_1', characterCount: 30 })
    }
    writeFileSync(path, text)
    await using api = await startTestApi({ store, environment })
    const { rows } = await api.client.providers.list.query()
    expect(rows.map(({ name, managedBy }) => [name, managedBy])).toEqual([
      ['by_hand', 'api'],
      ['groq_1', 'file'],
      ['local_1', 'file'],
    ])
    expect(await api.client.stats.get.query({ providerName: 'groq_1' })).toMatchObject({
      quotaLimit: 100,
      remainingPercentage: 0.7,
    })
    expect(await api.client.system.health.query()).toMatchObject({ configFile: path })
    const routing = await api.client.routing.get.query()
    expect(routing).toMatchObject({
      strategy: 'round-robin',
      maxWaitMs: 5_000,
      aliases: { fast: ['groq/llama'] },
    })
    expect(routing.providers).toContainEqual({
      name: 'local_1',
      vendor: 'custom',
      enabled: true,
      models: ['llama-*'],
      priority: 100,
      managedBy: 'file',
      baseUrl: 'http://127.0.0.1:8080/v1',
      apiKeyEnv: ['LOCAL_KEY'],
    })
  })

  it('applied again changes nothing, and dropped lines go back to their defaults', async () => {
    let nowMs = Date.parse('2026-11-25T12:00:00Z')
    const store = new MemoryQuotaStore({ now: () => nowMs })
    writeFileSync(path, text)
    await using first = await startTestApi({ store, environment })
    const before = await everything(first)
    nowMs += 60_000
    await using again = await startTestApi({ store, environment })
    expect(await everything(again)).toEqual(before)
    writeFileSync(path, text.replace(', priority: 5', ''))
    await using changed = await startTestApi({ store, environment })
    expect(await changed.client.providers.get.query({ name: 'groq_1' })).toMatchObject({
      priority: 100,
      updatedAt: '2026-11-25T12:01:00.000Z',
    })
  })

  it('retires what it no longer names, with its history, and revives it with its counters', async () => {
    const store = new MemoryQuotaStore({ now: Date.now })
    writeFileSync(path, text)
    {
      await using api = await startTestApi({ store, environment })
      await api.client.usage.record.mutate({ providerName: 'groq_1', characterCount: 30 })
    }
    writeFileSync(path, 'providers: []')
    {
      await using api = await startTestApi({ store, environment })
      expect((await api.client.providers.list.query()).rows).toEqual([])
      expect((await api.client.pools.list.query()).rows).toEqual([])
      expect((await api.client.usage.ledger.query()).rows).toHaveLength(1)
    }
    writeFileSync(path, text)
    await using api = await startTestApi({ store, environment })
    expect(await api.client.stats.get.query({ providerName: 'groq_1' })).toMatchObject({ characterCount: 30 })
  })

  it('never switches a provider on or off', async () => {
    const store = new MemoryQuotaStore({ now: Date.now })
    writeFileSync(path, text)
    await using api = await startTestApi({ store, environment })
    await api.client.providers.setEnabled.mutate({ name: 'groq_1', enabled: false })
    await using again = await startTestApi({ store, environment })
    expect(await again.client.stats.get.query({ providerName: 'groq_1' })).toMatchObject({
      disabledBy: 'admin',
    })
  })

  it('owns its providers: changes elsewhere are CONFLICT that names it', async () => {
    writeFileSync(path, text)
    await using api = await startTestApi({ environment })
    const conflict = {
      message: expect.stringContaining(path),
      data: { code: 'CONFLICT', quotaCode: 'MANAGED_BY_FILE', configFile: path, field: 'name' },
    }
    const { providers, pools } = api.client
    await expect(providers.upsert.mutate({ name: 'groq_1', limits: [] })).rejects.toMatchObject(conflict)
    await expect(providers.remove.mutate({ name: 'groq_1' })).rejects.toMatchObject(conflict)
    await expect(pools.upsert.mutate({ name: 'org', limits: [] })).rejects.toMatchObject(conflict)
    const response = await api.send('/api/v1/providers/groq_1', { method: 'DELETE' })
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({ code: 'MANAGED_BY_FILE', configFile: path })
  })

  it('waits with a move that calls in flight stand against, and serves all the same', async () => {
    const store = new MemoryQuotaStore({ now: Date.now })
    writeFileSync(path, text)
    {
      await using api = await startTestApi({ store, environment })
      await api.client.quota.reserve.mutate({ providerName: 'groq_1' })
    }
    writeFileSync(path, 'providers: [{ name: groq_1, vendor: groq }]')
    await using api = await startTestApi({ store, environment })
    expect(await api.client.providers.get.query({ name: 'groq_1' })).toMatchObject({ pool: 'org' })
    const told = api.logged.filter(line => line['level'] === 'error').map(line => line['msg'])
    expect(told[0]).toContain('provider groq_1: the configuration')
  })

  it('may be applied by two replicas at once', async () => {
    const store = new MemoryQuotaStore({ now: Date.now })
    writeFileSync(path, text)
    const [one, two] = await Promise.all([
      startTestApi({ store, environment }),
      startTestApi({ store, environment }),
    ])
    expect((await one.client.providers.list.query()).rows).toHaveLength(2)
    await one[Symbol.asyncDispose]()
    await two[Symbol.asyncDispose]()
  })

  it('that is missing now leaves its providers alone, and says so', async () => {
    const store = new MemoryQuotaStore({ now: Date.now })
    writeFileSync(path, text)
    await using first = await startTestApi({ store, environment })
    const before = await everything(first)
    await using api = await startTestApi({ store })
    expect(await everything(api)).toEqual(before)
    expect(api.logged.some(line => String(line['msg']).includes('providers: []'))).toBe(true)
  })

  it('says in the log what it does not serve yet', async () => {
    writeFileSync(path, 'alerts: { send: [{ slack: { urlEnv: HOOK } }] }\nprices: { "x/*": { input: $1 } }')
    await using api = await startTestApi({ environment })
    const warnings = api.logged.filter(line => line['level'] === 'warn').map(line => line['msg'])
    expect(warnings).toEqual([expect.stringContaining('alerts.send'), expect.stringContaining('prices')])
  })

  it('has a published JSON Schema that is current', () => {
    const published = readFileSync(new URL('../quotakeeper.config.schema.json', import.meta.url), 'utf8')
    expect(JSON.parse(published), 'run "pnpm --filter @quotakeeper/api schema"').toEqual(configJsonSchema())
  })

  it('has an example that holds', () => {
    const example = new URL('../../../examples/quotakeeper.config.yaml', import.meta.url)
    expect(readConfigFile(example.pathname).providers).toHaveLength(4)
  })
})

describe('without a configuration', () => {
  it('there are five sample providers of 103,200 characters a day, said to be samples', async () => {
    await using api = await startTestApi()
    const { providers, totals } = await api.client.stats.all.query()
    expect(providers.map(({ providerName, quotaLimit }) => [providerName, quotaLimit])).toEqual([
      ['groq_1', 14_400],
      ['groq_2', 14_400],
      ['groq_3', 14_400],
      ['huggingface_1', 30_000],
      ['huggingface_2', 30_000],
    ])
    expect(totals).toMatchObject([{ metric: 'characters', window: 'day', max: 103_200 }])
    expect(api.logged.some(line => String(line['msg']).includes('sample'))).toBe(true)
    expect((await api.client.providers.get.query({ name: 'groq_1' })).managedBy).toBe('demo')
  })

  it('keys in the environment join, with what is known of their free tier', async () => {
    const keys = { GEMINI_API_KEY: 'a', OPENAI_API_KEY: 'b', CEREBRAS_API_KEY: '' }
    await using api = await startTestApi({ environment: keys })
    const { rows } = await api.client.providers.list.query()
    expect(rows.map(({ name }) => name)).toContain('openai_1')
    expect(rows.map(({ name }) => name)).not.toContain('cerebras_1')
    const gemini = rows.find(({ name }) => name === 'gemini_1')
    expect(gemini).toMatchObject({ timeZone: 'America/Los_Angeles', managedBy: 'demo' })
    expect(gemini?.limits.length).toBeGreaterThan(0)
  })

  it('what somebody changed or removed stays so after a restart', async () => {
    const store = new MemoryQuotaStore({ now: Date.now })
    {
      await using api = await startTestApi({ store })
      const limits = [{ metric: 'characters', window: 'day', max: 7 }] as const
      await api.client.providers.upsert.mutate({ name: 'groq_1', limits })
      await api.client.providers.remove.mutate({ name: 'groq_2' })
    }
    await using api = await startTestApi({ store })
    const { rows } = await api.client.providers.list.query()
    expect(rows.map(({ name }) => name)).toEqual(['groq_1', 'groq_3', 'huggingface_1', 'huggingface_2'])
    expect(rows[0]).toMatchObject({ managedBy: 'api', limits: [{ max: 7 }] })
  })
})
