import { beforeAll, describe, expect, test } from 'vitest'
import { startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

const error = (message: string, rest: object = {}) => ({ error: { message, ...rest } })
const regainsAccess =
  'You have reached your specified API usage limits. You will regain access on 2099-12-01 at 00:00 UTC.'

const dead: readonly (readonly [string, string, number, unknown])[] = [
  [
    'its organization is restricted',
    'groq',
    400,
    error('Organization has been restricted.', {
      code: 'organization_restricted',
      type: 'invalid_request_error',
    }),
  ],
  ['its limit of spending is reached', 'anthropic', 400, { type: 'error', ...error(regainsAccess) }],
  ['it was leaked', 'gemini', 403, [error('Your API key was reported as leaked.', { code: 403 })]],
  ['its own limit is reached', 'openrouter', 403, error('Key limit exceeded (total limit).', { code: 403 })],
  [
    'its access was terminated',
    'custom',
    429,
    error('Your access was terminated due to violation of our policies'),
  ],
  [
    'its account is deactivated',
    'openai',
    401,
    error('Account deactivated', { code: 'account_deactivated' }),
  ],
  ['it has no balance', 'custom', 500, error('insufficient balance (1008)', { type: 'api_error' })],
]

describe.each(dead)('a key whose vendor says that %s', (_what, vendor, httpStatus, body) => {
  test(`gives way to the next (${vendor}, ${httpStatus}), and is not asked again`, async () => {
    await using fixture = await startFixture(api, {
      keys: { a: { vendor }, b: { vendor } },
    })
    let refusedKey: string | null = null
    fixture.vendor.respondWith(call => {
      refusedKey ??= call.apiKey
      return call.apiKey === refusedKey ? { kind: 'answer', httpStatus, body } : undefined
    })
    for (let times = 0; times < 3; times++) expect((await fixture.ask()).status).toBe(200)
    const [first, second] = refusedKey === 'key-a' ? ['a', 'b'] : ['b', 'a']
    const disabledBy = async (key: string): Promise<string | null> =>
      (await api.client.stats.get.query({ providerName: fixture.nameOf(key) })).disabledBy
    await expect.poll(() => disabledBy(first)).toBe('vendor')
    const askedBefore = fixture.vendor.calls.filter(call => call.apiKey === refusedKey).length
    for (let times = 0; times < 5; times++) expect((await fixture.ask()).status).toBe(200)
    expect(fixture.vendor.calls.filter(call => call.apiKey === refusedKey)).toHaveLength(askedBefore)
    expect(await disabledBy(second)).toBeNull()
  })
})

test('a request error is passed to the client, and bars no key', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'groq' }, b: { vendor: 'groq' } } })
  const body = error("Invalid value: 'insufficient balance'", { type: 'invalid_request_error' })
  fixture.vendor.respondWith(() => ({ kind: 'answer', httpStatus: 400, body }))
  const response = await fixture.ask()
  expect([response.status, fixture.vendor.calls.length]).toEqual([400, 1])
  for (const key of ['a', 'b']) {
    const stats = await api.client.stats.get.query({ providerName: fixture.nameOf(key) })
    expect(stats).toMatchObject({ available: true })
  }
})

test('a key without quota returns when its vendor states, rather than at midnight', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'custom' } } })
  const headers = {
    'x-ratelimit-limit-requests-day': '100',
    'x-ratelimit-remaining-requests-day': '0',
    'x-ratelimit-reset-requests-day': '5000',
  }
  fixture.vendor.respondWith(() => ({
    kind: 'answer',
    httpStatus: 429,
    headers,
    body: error('Too many requests'),
  }))
  for (let times = 0; times < 2; times++) {
    const response = await fixture.ask()
    expect(response.status).toBe(429)
    const waitSeconds = Number(response.headers.get('retry-after'))
    // The second gets a slightly later return, so that clients with the same return do not retry at once.
    expect(waitSeconds).toBeGreaterThan(4_900)
    expect(waitSeconds).toBeLessThanOrEqual(5_010)
    await expect
      .poll(
        async () =>
          (await api.client.stats.get.query({ providerName: fixture.nameOf('a') })).models[0]?.status,
      )
      .toBe('disabled')
  }
  expect(fixture.vendor.calls).toHaveLength(1)
})
