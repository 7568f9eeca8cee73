import { MemoryQuotaStore } from '@quotakeeper/quota-core'
import { describe, expect, it } from 'vitest'
import { startTestApi } from './test-api.js'

describe('without a configuration', () => {
  it('there are five sample providers with 103,200 characters a day, logged as samples', async () => {
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

  it('providers are added for keys in the environment, with the preset of their free tier', async () => {
    const keys = { GEMINI_API_KEY: 'a', OPENAI_API_KEY: 'b', CEREBRAS_API_KEY: '' }
    await using api = await startTestApi({ environment: keys })
    const { rows } = await api.client.providers.list.query()
    expect(rows.map(({ name }) => name)).toContain('openai_1')
    expect(rows.map(({ name }) => name)).not.toContain('cerebras_1')
    const gemini = rows.find(({ name }) => name === 'gemini_1')
    expect(gemini).toMatchObject({ timeZone: 'America/Los_Angeles', managedBy: 'demo' })
    expect(gemini?.limits.length).toBeGreaterThan(0)
  })

  it('changed and removed samples stay so after a restart', async () => {
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
