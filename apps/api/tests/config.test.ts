import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryQuotaStore } from '@quotakeeper/quota-core'
import { afterAll, describe, expect, it } from 'vitest'
import { startTestApi } from './test-api.js'

const folder = mkdtempSync(join(tmpdir(), 'quotakeeper-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const path = join(folder, 'mine.yaml')
const environment = { QUOTA_CONFIG: path }

const text = `
providers:
  - { name: groq_1, vendor: groq, pool: org, limits: { characters/day: 100 }, priority: 5 }
  - { name: local_1, vendor: custom, baseUrl: "http://127.0.0.1:8080/v1/", apiKeyEnv: LOCAL_KEY, models: ["llama-*"], endpoints: [chat/completions, audio/speech] }
pools:
  - { name: org, limits: { requests/day: 10 } }
routing: { strategy: round-robin, maxWaitMs: 5000, aliases: { fast: [groq/llama] } }
`

async function everything(api: Awaited<ReturnType<typeof startTestApi>>): Promise<unknown> {
  return [await api.client.providers.list.query(), await api.client.pools.list.query()]
}

describe('a configuration file', () => {
  it('creates its providers and pools, and replaces only the samples', async () => {
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
      fileNamesKey: true,
      endpoints: ['chat/completions', 'audio/speech'],
    })
  })

  it('applied again changes nothing, and removed lines return to their defaults', async () => {
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

  it('removes what it no longer names, keeping its history, and revives it with its counters', async () => {
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

  it('never enables or disables a provider', async () => {
    const store = new MemoryQuotaStore({ now: Date.now })
    writeFileSync(path, text)
    await using api = await startTestApi({ store, environment })
    await api.client.providers.setEnabled.mutate({ name: 'groq_1', enabled: false })
    await using again = await startTestApi({ store, environment })
    expect(await again.client.stats.get.query({ providerName: 'groq_1' })).toMatchObject({
      disabledBy: 'admin',
    })
  })

  it('owns its providers: other changes get CONFLICT with the file’s name', async () => {
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

  it('postpones a move that calls in flight block, and serves anyway', async () => {
    const store = new MemoryQuotaStore({ now: Date.now })
    writeFileSync(path, text)
    {
      await using api = await startTestApi({ store, environment })
      await api.client.quota.reserve.mutate({ providerName: 'groq_1' })
    }
    writeFileSync(path, 'providers: [{ name: groq_1, vendor: groq }]')
    await using api = await startTestApi({ store, environment })
    expect(await api.client.providers.get.query({ name: 'groq_1' })).toMatchObject({ pool: 'org' })
    const reported = api.logged.filter(line => line['level'] === 'error').map(line => line['msg'])
    expect(reported[0]).toContain('provider groq_1: the changed configuration')
  })

  it('may be applied by two replicas concurrently', async () => {
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

  it('that is missing later keeps its providers, and the log says so', async () => {
    const store = new MemoryQuotaStore({ now: Date.now })
    writeFileSync(path, text)
    await using first = await startTestApi({ store, environment })
    const before = await everything(first)
    await using api = await startTestApi({ store })
    expect(await everything(api)).toEqual(before)
    expect(api.logged.some(line => String(line['msg']).includes('providers: []'))).toBe(true)
  })

  it('passes exact prices to gateways, and warns of limits on cost without prices', async () => {
    const priced = 'prices: { "x/*": { input: $0.075, output: $4.35, request: $0.000001 } }'
    const limited =
      'providers: [{ name: a, vendor: x, baseUrl: "http://127.0.0.1:9/v1", limits: { cost/month: $20 } }]'
    const path = join(folder, 'prices.yaml')
    const environment = { QUOTA_CONFIG: path }
    writeFileSync(path, `${priced}\n${limited}`)
    await using api = await startTestApi({ environment })
    expect((await api.client.routing.get.query()).prices).toEqual([
      {
        pattern: 'x/*',
        inputMicroUsd: 75_000,
        outputMicroUsd: 4_350_000,
        cachedInputMicroUsd: 75_000,
        cacheWriteMicroUsd: 75_000,
        requestMicroUsd: 1,
      },
    ])
    expect(api.logged.filter(line => line['level'] === 'warn')).toEqual([])
    writeFileSync(path, limited)
    await using unpriced = await startTestApi({ environment })
    const warnings = unpriced.logged.filter(line => line['level'] === 'warn').map(line => line['msg'])
    expect(warnings).toEqual([expect.stringContaining('no prices')])
  })
})
