import { expect, test } from 'vitest'
import { startTestApi } from './test-api.js'

const nowMs = Date.parse('2026-11-25T12:00:00Z')
const each = { metric: 'requests', window: 'day', model: '*', per: 'model' } as const

test('models that stats omit can be listed in pages and queried by name', async () => {
  await using api = await startTestApi({ now: () => nowMs })
  const providerName = 'key_1'
  await api.client.providers.upsert.mutate({
    ...{ name: providerName, vendor: 'custom' },
    limits: [{ ...each, max: 3 }],
  })
  const models = Array.from({ length: 130 }, (_, index) => `model-${String(index).padStart(3, '0')}`)
  for (const model of models) await api.client.usage.record.mutate({ providerName, model })
  const stats = await api.client.stats.get.query({ providerName })
  expect([stats.limits.length, stats.models.length, stats.modelsLeftOut]).toEqual([100, 100, 30])
  const listed = new Set(stats.limits.map(({ model }) => model))
  const missing = models.find(model => !listed.has(model)) ?? ''
  const found: (string | null)[] = []
  let cursor: string | undefined
  do {
    const page = await api.client.stats.models.query({
      providerName,
      pageSize: 50,
      ...(cursor && { cursor }),
    })
    expect(page.rows.every(({ used, remaining }) => used === 1 && remaining === 2)).toBe(true)
    found.push(...page.rows.map(({ model }) => model))
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  expect(found).toEqual(models)
  const { limits } = await api.client.quota.remaining.query({ providerName, model: missing })
  expect(limits.map(({ model, remaining }) => [model, remaining])).toEqual([[missing, 2]])
})

test('a request for an unknown model that the vendor counts is counted for the key only', async () => {
  await using api = await startTestApi({ now: () => nowMs })
  const providerName = 'key_1'
  await api.client.providers.upsert.mutate({
    ...{ name: providerName, vendor: 'openai' },
    limits: [
      { ...each, max: 3 },
      { metric: 'requests', window: 'day', max: 100 },
    ],
  })
  const body = {
    error: {
      message: 'The model `odd` does not exist',
      type: 'invalid_request_error',
      code: 'model_not_found',
    },
  }
  const signals = { providerName, httpStatus: 404, headers: {}, body }
  for (const model of ['odd-1', 'odd-2']) {
    const granted = await api.client.quota.reserve.mutate({ providerName, model })
    if (granted.decision !== 'granted') throw new Error('there was room')
    const { reservationId } = granted
    await api.client.quota.commit.mutate({ reservationId, requestCount: 1, outcome: 'refused', signals })
  }
  const { limits, models } = await api.client.stats.get.query({ providerName })
  expect(limits.find(({ id }) => id === 'requests/day')).toMatchObject({ used: 2, held: 0 })
  expect(models.map(({ model, status }) => [model, status])).toEqual([
    ['odd-1', 'disabled'],
    ['odd-2', 'disabled'],
  ])
  expect((await api.client.stats.models.query({ providerName })).rows).toEqual([])
})
