import { startVendorStandIn } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { startTestGateway } from './fixture.js'
import { startTestApi } from './test-api.js'

test('a sample with a key has its vendor’s free preset, and those without one count in no total', async () => {
  await using vendor = await startVendorStandIn()
  await using api = await startTestApi()
  expect((await api.client.stats.all.query()).totals).toMatchObject([{ max: 103_200 }])
  await using gateway = await startTestGateway(api, {
    GROQ_API_KEY: 'k',
    GROQ_BASE_URL: vendor.baseUrl,
    HF_TOKEN: 'h',
    HUGGINGFACE_BASE_URL: vendor.baseUrl,
  })
  // Larger than the sample's 14,400 characters a day.
  const response = await fetch(`${gateway.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'groq_1/llama-3.1-8b-instant',
      messages: [{ role: 'user', content: 'a'.repeat(15_000) }],
      max_tokens: 16,
    }),
  })
  expect(response.status).toBe(200)
  const groq = await api.client.providers.get.query({ name: 'groq_1' })
  expect(groq).toMatchObject({ managedBy: 'api', metadata: { preset: 'groq/free' } })
  expect(groq.limits.some(({ metric }) => metric === 'characters')).toBe(false)
  // Its free tier is a sum of money, which would deny calls without known prices.
  expect(await api.client.providers.get.query({ name: 'huggingface_1' })).toMatchObject({ limits: [] })
  const { keyless, totals } = await api.client.stats.all.query()
  expect(keyless).toEqual([
    { providerName: 'groq_2', variable: 'GROQ_API_KEY_2' },
    { providerName: 'groq_3', variable: 'GROQ_API_KEY_3' },
    { providerName: 'huggingface_2', variable: 'HF_TOKEN_2' },
  ])
  expect(totals).toEqual([])
  expect((await api.client.providers.get.query({ name: 'groq_2' })).managedBy).toBe('demo')
  const output = api.output()
  expect(output).toContain('groq_1 has a key: the limits of groq/free replace those of the sample')
})
