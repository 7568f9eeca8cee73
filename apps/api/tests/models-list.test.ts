import { expect, test } from 'vitest'
import { startTestApi } from './test-api.js'

const nowMs = Date.parse('2026-11-25T12:00:00Z')
const error = (message: string, code: string | null = null) => ({ error: { message, code } })
const refusals = {
  credential: { httpStatus: 401, headers: {}, body: error('Invalid API Key', 'invalid_api_key') },
  money: { httpStatus: 429, headers: {}, body: error('You exceeded your quota', 'insufficient_quota') },
  month: { httpStatus: 402, headers: {}, body: error('You have exceeded your monthly included credits') },
  minute: {
    httpStatus: 429,
    headers: { 'retry-after': '50' },
    body: error('Rate limit reached, requests per minute'),
  },
} as const

for (const [name, refusal] of Object.entries(refusals)) {
  test(`a list of models after a refusal for ${name} proves the credential and nothing else`, async () => {
    const clock = { ms: nowMs }
    await using api = await startTestApi({ now: () => clock.ms })
    const { observe } = api.client.signals
    await api.client.providers.upsert.mutate({ name: 'key_1', vendor: 'huggingface' })
    await observe.mutate({ providerName: 'key_1', ...refusal })
    const isOff = async () => !(await api.client.stats.get.query({ providerName: 'key_1' })).available
    expect(await isOff()).toBe(true)
    clock.ms += 1_000
    const list = { object: 'list', data: [{ id: 'm' }] }
    // Stated explicitly, or implied by naming no call.
    await observe.mutate({ providerName: 'key_1', httpStatus: 200, headers: {}, answerTo: 'models' })
    await observe.mutate({ providerName: 'key_1', httpStatus: 200, headers: {}, body: list })
    expect(await isOff()).toBe(name !== 'credential')
    await observe.mutate({ providerName: 'key_1', httpStatus: 200, headers: {}, answerTo: 'call' })
    expect(await isOff()).toBe(false)
  })
}

test('a refused list does not concern calls, unless it says so', async () => {
  await using api = await startTestApi({ now: () => nowMs })
  const off = async (
    name: string,
    signals: { httpStatus: number; headers: Record<string, string>; body?: unknown },
  ) => {
    await api.client.providers.upsert.mutate({ name, vendor: 'groq' })
    await api.client.signals.observe.mutate({ providerName: name, answerTo: 'models', ...signals })
    const { available, limits } = await api.client.stats.get.query({ providerName: name })
    return { isOff: !available, limitCount: limits.length }
  }
  const onFree = { isOff: false, limitCount: 0 }
  expect(await off('a', { httpStatus: 429, headers: { 'retry-after': '60' } })).toEqual(onFree)
  expect(await off('b', { httpStatus: 404, headers: {}, body: error('Not found') })).toEqual(onFree)
  expect(await off('c', { httpStatus: 503, headers: {}, body: error('overloaded') })).toEqual(onFree)
  const spent = { 'x-ratelimit-limit-requests': '100', 'x-ratelimit-remaining-requests': '0' }
  expect(await off('d', { httpStatus: 200, headers: spent })).toEqual(onFree)
  const ofDay = error('Rate limit reached on tokens per day (TPD): Limit 100, Used 100, Requested 5.')
  expect((await off('e', { httpStatus: 429, headers: {}, body: ofDay })).isOff).toBe(true)
  for (const [name, httpStatus] of [
    ['f', 401],
    ['g', 402],
  ] as const)
    expect((await off(name, { httpStatus, headers: {}, body: '' })).isOff).toBe(true)
})
