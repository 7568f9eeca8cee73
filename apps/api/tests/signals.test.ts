import { describe, expect, it } from 'vitest'
import { refusals } from './refused-calls.js'
import { startTestApi, type TestApi } from './test-api.js'
import { at, dayHeaders, errorOf, groqDay, nowMs, wrongKey } from './vendor-answers.js'

async function startAt(instant: { ms: number }): Promise<TestApi> {
  return startTestApi({ now: () => instant.ms })
}

const freeDay = {
  error: {
    message: 'Rate limit exceeded: free-models-per-day.',
    code: 429,
    metadata: {
      headers: { 'X-RateLimit-Reset': String(Date.UTC(2026, 10, 26)) },
      limit_source: 'openrouter_free_tier_daily',
    },
  },
}
describe('signals', () => {
  it.each(refusals)('a vendor that refuses for $what bars what it means, for as long', async refused => {
    const clock = { ms: nowMs }
    await using api = await startAt(clock)
    const name = 'key_1'
    await api.client.providers.upsert.mutate({ name, vendor: refused.vendor })
    const reserve = (model: string) => api.client.quota.reserve.mutate({ providerName: name, model })
    const granted = await reserve('m')
    if (granted.decision === 'denied') throw new Error('there is room')
    const { httpStatus, body, headers = {} } = refused
    await api.client.quota.commit.mutate({
      reservationId: granted.reservationId,
      requestCount: 0,
      outcome: 'refused',
      signals: { httpStatus, headers, body, receivedAt: at(0) },
    })
    const [same, other] = [await reserve('m'), await reserve('other')]
    expect([same.decision === 'denied', other.decision === 'denied']).toEqual(refused.bars)
    const { backAt } = refused
    expect(same.decision === 'denied' ? same.retryAt : null).toBe(backAt)
    expect(same.decision === 'denied' ? same.reasons[0]?.code : null).toBe(
      backAt === null ? null : 'cooling_down',
    )
    clock.ms = Date.parse(backAt ?? at(0))
    expect((await reserve('m')).decision).toBe('granted')
  })

  it('a free day of OpenRouter bars its free models until midnight, and no other', async () => {
    await using api = await startAt({ ms: nowMs })
    await api.client.providers.upsert.mutate({ name: 'or_1', vendor: 'openrouter' })
    await api.client.signals.observe.mutate({
      providerName: 'or_1',
      model: 'a:free',
      httpStatus: 200,
      headers: {},
      body: freeDay,
      receivedAt: at(0),
    })
    const decisions = ['a:free', 'b:free', 'a'].map(async model => {
      const answer = await api.client.quota.reserve.mutate({ providerName: 'or_1', model })
      return answer.decision === 'denied' ? answer.retryAt : 'granted'
    })
    const midnight = '2026-11-26T00:00:00.000Z'
    expect(await Promise.all(decisions)).toEqual([midnight, midnight, 'granted'])
  })

  it('headers raise what is believed within the window; a success with Retry-After bars nothing', async () => {
    await using api = await startAt({ ms: nowMs })
    const limits = [{ metric: 'requests', window: 'rolling-1d', max: 1_000 }] as const
    await api.client.providers.upsert.mutate({ name: 'groq_9', vendor: 'groq', limits })
    const { changed, stats } = await api.client.signals.observe.mutate({
      providerName: 'groq_9',
      httpStatus: 200,
      headers: {
        'x-ratelimit-limit-requests': '1000',
        'x-ratelimit-remaining-requests': '955',
        'x-ratelimit-reset-requests': '1h4m48s',
        'retry-after': '30',
      },
    })
    expect(changed).toBe(true)
    expect(stats).toMatchObject({ available: true, limits: [{ used: 45, remaining: 955 }] })
  })

  it('the last call of a vendor’s own day keeps the next off until that day ends', async () => {
    const clock = { ms: nowMs }
    await using api = await startAt(clock)
    const limits = [{ metric: 'requests', window: 'day', max: 100 }] as const
    await api.client.providers.upsert.mutate({ name: 'key_1', vendor: 'custom', limits })
    const { stats } = await api.client.signals.observe.mutate({
      providerName: 'key_1',
      model: 'm',
      httpStatus: 200,
      headers: { ...dayHeaders, 'x-ratelimit-reset-requests-day': '5000' },
      receivedAt: at(0),
    })
    expect(stats).toMatchObject({ limits: [{ used: 0, observed: 0 }] })
    const reserve = () => api.client.quota.reserve.mutate({ providerName: 'key_1', model: 'm' })
    expect(await reserve()).toMatchObject({ decision: 'denied', retryAt: at(5_000_000) })
    clock.ms += 5_000_000
    expect((await reserve()).decision).toBe('granted')
  })

  it('an error behind a status of success ends no bar', async () => {
    const clock = { ms: nowMs }
    await using api = await startAt(clock)
    await api.client.providers.upsert.mutate({ name: 'key_1', vendor: 'openai' })
    const notify = (httpStatus: number, body: unknown) =>
      api.client.signals.observe.mutate({ providerName: 'key_1', httpStatus, headers: {}, body })
    await notify(401, wrongKey)
    clock.ms += 1_000
    expect((await notify(200, errorOf('Provider disconnected'))).stats.disabledBy).toBe('vendor')
    expect((await notify(200, { choices: [] })).stats.disabledBy).toBeNull()
  })

  it('what a settlement brings is noted with it, named or not, and never fails it', async () => {
    await using api = await startAt({ ms: nowMs })
    await api.client.providers.upsert.mutate({ name: 'key_1', vendor: 'openai' })
    for (const named of [{}, { providerName: 'key_1' }, { providerName: 'nobody' }]) {
      const granted = await api.client.quota.reserve.mutate({ providerName: 'key_1', model: 'm' })
      if (granted.decision === 'denied') throw new Error('there is room')
      const stats = await api.client.quota.commit.mutate({
        reservationId: granted.reservationId,
        inputTokenCount: 5,
        signals: { httpStatus: 401, headers: {}, body: wrongKey, ...named },
      })
      expect(stats).toMatchObject({ disabledBy: 'vendor', available: false })
      await api.client.providers.retry.mutate({ name: 'key_1' })
    }
    expect((await api.client.usage.ledger.query({ providerName: 'key_1' })).rows).toHaveLength(3)
  })

  it('a success ends a bar that is older than its call, not one that is newer', async () => {
    const clock = { ms: nowMs }
    await using api = await startAt(clock)
    await api.client.providers.upsert.mutate({ name: 'key_1', vendor: 'openai' })
    const refuse = () =>
      api.client.signals.observe.mutate({
        providerName: 'key_1',
        httpStatus: 401,
        headers: {},
        body: wrongKey,
      })
    const late = await api.client.quota.reserve.mutate({ providerName: 'key_1' })
    clock.ms += 1_000
    await refuse()
    if (late.decision === 'denied') throw new Error('there is room')
    const settle = (reservationId: string) =>
      api.client.quota.commit.mutate({
        reservationId,
        signals: { httpStatus: 200, headers: {}, providerName: 'key_1' },
      })
    expect(await settle(late.reservationId)).toMatchObject({ disabledBy: 'vendor' })
    clock.ms += 3_600_000
    const trial = await api.client.quota.reserve.mutate({ providerName: 'key_1' })
    if (trial.decision === 'denied') throw new Error('a trial is due')
    expect(await settle(trial.reservationId)).toMatchObject({ disabledBy: null, available: true })
  })

  it('refuses signals that are none, naming the field, before anything is settled', async () => {
    await using api = await startTestApi()
    const granted = await api.client.quota.reserve.mutate({ providerName: 'groq_1' })
    if (granted.decision === 'denied') throw new Error('there is room')
    const { reservationId } = granted
    for (const [signals, field] of [
      [{ httpStatus: 99, headers: {} }, 'signals.httpStatus'],
      [{ httpStatus: 200, headers: { a: 'x'.repeat(9_000) } }, 'signals.headers.a'],
      [{ httpStatus: 200, headers: {}, receivedAt: 'now' }, 'signals.receivedAt'],
    ] as const) {
      await expect(api.client.quota.commit.mutate({ reservationId, signals })).rejects.toMatchObject({
        data: { code: 'BAD_REQUEST', field },
      })
    }
    expect((await api.client.usage.ledger.query()).rows[0]?.state).toBe('pending')
  })

  it('proposes a pool, once, for keys that a vendor counts to one organization', async () => {
    await using api = await startAt({ ms: nowMs })
    for (const name of ['groq_7', 'groq_8'])
      await api.client.providers.upsert.mutate({ name, vendor: 'groq' })
    for (const providerName of ['groq_7', 'groq_8', 'groq_8']) {
      const signals = { httpStatus: 429, headers: {}, body: groqDay }
      await api.client.signals.observe.mutate({ providerName, model: 'm', ...signals })
    }
    const warnings = api.logged.filter(line => String(line['msg']).includes('share its quota'))
    expect(warnings).toMatchObject([{ providers: ['groq_7', 'groq_8'], organization: 'org_1' }])
  })
})
