import { describe, expect, it } from 'vitest'
import { startTestApi } from './test-api.js'

const noon = Date.parse('2026-11-25T12:00:00Z')
const id = '01999999-0000-7000-8000-000000000001'

describe('quota', () => {
  it('is reserved, extended and settled, and shows in stats', async () => {
    await using api = await startTestApi({ now: () => noon })
    const { quota } = api.client
    const granted = await quota.reserve.mutate({ providerName: 'groq_1', characterCount: 400, id })
    expect(granted).toMatchObject({
      decision: 'granted',
      reservationId: id,
      model: null,
      expiresAt: '2026-11-25T12:10:00.000Z',
    })
    expect(await quota.extend.mutate({ reservationId: id, ttlSeconds: 1_200 })).toEqual({
      reservationId: id,
      expiresAt: '2026-11-25T12:20:00.000Z',
    })
    const stats = await quota.commit.mutate({ reservationId: id, characterCount: 300 })
    expect(stats).toMatchObject({ providerName: 'groq_1', characterCount: 300 })
    expect(stats.limits[0]).toMatchObject({ used: 300, held: 0, remaining: 14_100 })
  })

  it('is freed by release', async () => {
    await using api = await startTestApi()
    const { quota } = api.client
    await quota.reserve.mutate({ providerName: 'groq_1', characterCount: 400, id })
    expect((await quota.release.mutate({ reservationId: id })).limits[0]).toMatchObject({ held: 0 })
  })

  it('is denied with reasons and the instant of return', async () => {
    await using api = await startTestApi({ now: () => noon })
    expect(await api.client.quota.reserve.mutate({ providerName: 'groq_1', characterCount: 14_401 })).toEqual(
      {
        decision: 'denied',
        reasons: [
          {
            subject: { kind: 'provider', name: 'groq_1' },
            limitId: 'characters/day',
            code: 'too_large',
            retryAt: null,
            metric: 'characters',
            window: 'day',
            units: 14_401,
            max: 14_400,
          },
        ],
        retryAt: null,
      },
    )
  })

  it('is acquired where most is left, with skipped providers; explain reserves nothing', async () => {
    await using api = await startTestApi()
    const { quota } = api.client
    const asked = { characterCount: 20_000, strategy: 'priority' } as const
    const explained = await quota.explain.query(asked)
    expect(explained).toMatchObject({ chosen: { providerName: 'huggingface_1' }, retryAt: null })
    const acquired = await quota.acquire.mutate(asked)
    expect(acquired).toMatchObject({ decision: 'granted', providerName: 'huggingface_1' })
    expect(acquired.skipped.map(({ providerName }) => providerName)).toEqual(['groq_1', 'groq_2', 'groq_3'])
  })

  it('is denied to a call of unknown price by a limit on cost, and granted to a free one when that is spent', async () => {
    await using api = await startTestApi()
    const { providers, quota, usage } = api.client
    const limits = [{ metric: 'cost', window: 'month', max: 1_000 }] as const
    await providers.upsert.mutate({ name: 'mine', vendor: 'custom', limits })
    const unknown = await quota.reserve.mutate({ providerName: 'mine', priceKnown: false })
    expect(unknown).toEqual({
      decision: 'denied',
      reasons: [
        {
          subject: { kind: 'provider', name: 'mine' },
          limitId: 'cost/month',
          code: 'price_unknown',
          retryAt: null,
        },
      ],
      retryAt: null,
    })
    await usage.record.mutate({ providerName: 'mine', costMicroUsd: 1_000 })
    const decisionOf = async (cost: object): Promise<string> =>
      (await quota.reserve.mutate({ providerName: 'mine', ...cost })).decision
    expect(await decisionOf({ costMicroUsd: 0 })).toBe('granted')
    expect(await decisionOf({ priceKnown: true })).toBe('granted')
    expect(await decisionOf({}), 'nothing is said of its cost').toBe('denied')
    expect(await decisionOf({ costMicroUsd: 1 })).toBe('denied')
    const candidates = [{ providerName: 'mine', costMicroUsd: 7 }, { providerName: 'groq_1' }]
    const acquired = await quota.acquire.mutate({ candidates, strategy: 'priority', costMicroUsd: 3 })
    expect(acquired).toMatchObject({ providerName: 'groq_1', counts: { costMicroUsd: 3 } })
  })

  it('is explained at the price of each candidate, whose source is shown', async () => {
    await using api = await startTestApi()
    const { providers, quota } = api.client
    const limits = [{ metric: 'cost', window: 'month', max: 1_000 }] as const
    for (const vendor of ['custom', 'openai'])
      await providers.upsert.mutate({ name: `of-${vendor}`, vendor, limits })
    const candidates = [{ providerName: 'of-custom' }, { providerName: 'of-openai' }]
    const asked = { candidates, strategy: 'priority', model: 'gpt-4o', inputTokenCount: 100 } as const
    expect(await quota.explain.query(asked)).toMatchObject({
      chosen: { providerName: 'of-openai', model: 'gpt-4o' },
      skipped: [{ providerName: 'of-custom', reasons: [{ code: 'price_unknown' }] }],
      price: { inputMicroUsd: 2_500_000, source: { kind: 'bundled', model: 'gpt-4o' } },
    })
    // 1,000 tokens cost 2,500 millionths, more than the whole limit.
    const large = await quota.explain.query({ ...asked, inputTokenCount: 1_000 })
    expect(large).toMatchObject({ chosen: null, price: null })
  })

  it('is reported as remaining quota and availability, for a model by its limits', async () => {
    await using api = await startTestApi()
    const { providers, quota, usage } = api.client
    const limits = [
      { metric: 'requests', window: 'day', max: 1, model: 'big-*', per: 'model' },
      { metric: 'requests', window: 'day', max: 100 },
    ] as const
    await providers.upsert.mutate({ name: 'mine', vendor: 'groq', limits, models: ['big-*', 'small'] })
    await usage.record.mutate({ providerName: 'mine', model: 'big-1' })
    expect(await quota.remaining.query({ providerName: 'mine', model: 'small' })).toMatchObject({
      quotaLimit: 100,
      remainingPercentage: 0.99,
      limits: [{ id: 'requests/day', remaining: 99 }],
    })
    const ofBig = await quota.remaining.query({ providerName: 'mine', model: 'big-1' })
    expect(ofBig.limits.map(limit => limit.remaining)).toEqual([0, 99])
    expect(await quota.isAvailable.query({ providerName: 'mine' })).toMatchObject({
      model: null,
      available: true,
      availableAt: null,
    })
    const big = await quota.isAvailable.query({ providerName: 'mine', model: 'big-1' })
    expect(big).toMatchObject({ available: false, availableAt: expect.stringMatching(/T00:00:00.000Z$/) })
    const foreign = await quota.isAvailable.query({ providerName: 'mine', model: 'else' })
    expect(foreign).toMatchObject({ available: false, availableAt: null })
  })
})
