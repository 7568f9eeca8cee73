import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, requestsPerDay, startFixture } from './fixture.js'
import { startTestApi, type TestApi } from './test-api.js'

const [first, second, alias] = ['first-name', 'second-name', 'either-name'] as const

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ config: `routing:\n  aliases: { ${alias}: [${first}, ${second}] }\n` })
})
afterAll(() => api[Symbol.asyncDispose]())

/** The first header of a stream is awaited for 1 s if another key has room, else for 60 s. */
const environment = { QUOTA_STREAM_IDLE_SECONDS: '1', QUOTA_VENDOR_TIMEOUT_SECONDS: '60' }

/** The vendor takes the first call and says nothing. */
function silenceFirst({ vendor }: Fixture): void {
  vendor.respondWith(({ index }) => (index === 0 ? { kind: 'hang' } : undefined))
}

test.each([
  ['another key of the model', [] as const, ''],
  ['a key of the next name of an alias', [first, second] as const, alias],
])('a vendor that sends no header of a stream is given up for %s', async (_, [ofA, ofB], model) => {
  const [a, b] = [ofA, ofB].map(name => (name === undefined ? {} : { models: [name] }))
  await using fixture = await startFixture(api, { keys: { a: a ?? {}, b: b ?? {} }, environment })
  silenceFirst(fixture)
  const response = await fixture.ask({ stream: true, ...(model === '' ? {} : { model }) })
  expect([response.status, response.headers.get('x-quotakeeper-attempts')]).toEqual([200, '2'])
  expect(await response.text()).toContain('[DONE]')
  await fixture.vendor.until(calls => calls[0]?.ending === 'clientLeft')
  const rows = [...(await fixture.ledgerOf('a')), ...(await fixture.ledgerOf('b'))]
  expect(
    rows.toSorted((left, right) => String(left.outcome).localeCompare(String(right.outcome))),
  ).toMatchObject([
    { outcome: 'failed', requestCount: 1, estimated: true, outputTokenCount: 0 },
    { outcome: 'succeeded', requestCount: 1 },
  ])
  const requestId = response.headers.get('x-request-id') ?? ''
  const { attempts } = await api.client.requests.get.query({ requestId })
  expect(attempts[0]?.ending).toContain('no answer for 1 s, and another key has room')
})

test('it is awaited where no other key has room, and for an answer that is not streamed', async () => {
  await using fixture = await startFixture(api, {
    keys: { a: {}, b: { limits: requestsPerDay(1) } },
    environment,
  })
  expect((await fixture.ask({ model: `${fixture.nameOf('b')}/${fixture.model}` })).status).toBe(200)
  fixture.vendor.respondWith(() => ({ kind: 'complete', text: 'at last', delayMs: 1_500 }))
  for (const stream of [true, false]) {
    const response = await fixture.ask({ stream })
    expect([response.status, response.headers.get('x-quotakeeper-attempts')]).toEqual([200, '1'])
    expect(await response.text()).toContain('last')
  }
  expect(await fixture.ledgerOf('b')).toHaveLength(1)
})
