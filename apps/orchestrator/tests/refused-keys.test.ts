import {
  creditsSpent,
  groqDaySpent,
  insufficientQuota,
  invalidApiKey,
  type PlainAnswer,
  startVendorStandIn,
  type VendorStandIn,
} from '@quotakeeper/test-kit'
import OpenAI from 'openai'
import { beforeAll, expect, test } from 'vitest'
import type { Orchestrator } from '../src/index.js'
import { errorOf, startFixture, startTestGateway } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

const refused401 = (body: unknown): PlainAnswer => ({ kind: 'answer', httpStatus: 401, body })

/** One provider at a stand-in that accepts some keys, and several gateways over time. */
async function setKey(name: string, apiKeys: readonly string[]) {
  const vendor = await startVendorStandIn({ apiKeys })
  const models = [`model-of-${name}`]
  const metadata = { apiKeyEnv: 'THE_KEY', baseUrl: vendor.baseUrl }
  await api.client.providers.upsert.mutate({ name, vendor: 'groq', models, metadata })
  const running: Orchestrator[] = []
  const ask = (gateway: Orchestrator) =>
    fetch(`${gateway.origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: models[0], messages: [{ role: 'user', content: 'Hi' }] }),
    })
  return {
    ask,
    chats: () => chatsAt(vendor),
    vendor,
    start: async (key: string) => {
      const gateway = await startTestGateway(api, { THE_KEY: key })
      running.push(gateway)
      return gateway
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(running.map(gateway => gateway.stop()))
      await vendor.close()
    },
  }
}

function chatsAt(vendor: VendorStandIn): readonly (string | null)[] {
  return vendor.calls.filter(({ path }) => path.endsWith('/completions')).map(({ apiKey }) => apiKey)
}

const isOff = async (providerName: string): Promise<boolean> =>
  !(await api.client.stats.get.query({ providerName })).available

for (const [name, refusal, said] of [
  ['401 that names the key', invalidApiKey(), /HTTP 401 \(the key in KEY_A\): the vendor rejects the key/],
  ['401 without a word', refused401(''), /HTTP 401 \(the key in KEY_A\): the vendor rejects the key/],
  [
    '401 of a page',
    refused401('<html>Unauthorized</html>'),
    /HTTP 401 \(the key in KEY_A\): the vendor rejects the key/,
  ],
  [
    '429 for want of money',
    insufficientQuota(),
    /HTTP 429 \(the key in KEY_A\): the vendor reports no remaining money or credit/,
  ],
  [
    '402 for want of money',
    { kind: 'answer', httpStatus: 402, body: {} },
    /HTTP 402 \(the key in KEY_A\): the vendor reports no remaining money or credit/,
  ],
] as const) {
  test(`a key that is refused with ${name} is 503 each time, says which and what to do, and never 429`, async () => {
    await using fixture = await startFixture(api, { keys: { a: { vendor: 'groq' } } })
    fixture.vendor.respondWith(() => refusal)
    for (let time = 0; time < 3; time++) {
      const response = await fixture.ask()
      expect(response.status).toBe(503)
      expect(response.headers.get('x-should-retry')).toBe('false')
      expect(response.headers.get('retry-after')).toBeNull()
      const { message, code } = await errorOf(response)
      expect(code).toBe('no_key_available')
      expect(message).toMatch(said)
      expect(message).toContain(fixture.nameOf('a'))
      expect(message).not.toContain('key-a')
      // As status shows it: a trial, not a return.
      const { availableAt } = await api.client.stats.get.query({ providerName: fixture.nameOf('a') })
      if (time > 0) expect(message).toContain(`One call tries it again at ${availableAt}`)
      await expect.poll(() => isOff(fixture.nameOf('a'))).toBe(true)
    }
    expect(fixture.vendor.calls).toHaveLength(1)
  })
}

test('OpenAI’s client gets 503 with the 401 at once, and does not retry', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(() => invalidApiKey())
  const client = new OpenAI({ baseURL: `${fixture.origin}/v1`, apiKey: 'unused', maxRetries: 2 })
  const ask = () =>
    client.chat.completions.create({ model: fixture.model, messages: [{ role: 'user', content: 'Hi' }] })
  for (let time = 0; time < 2; time++) {
    await expect(ask()).rejects.toMatchObject({ status: 503, message: expect.stringContaining('HTTP 401') })
    await expect.poll(() => isOff(fixture.nameOf('a'))).toBe(true)
  }
  expect(fixture.vendor.calls).toHaveLength(1)
})

test('if another key returns, it is 429 with that return, and the refused key is named too', async () => {
  await using fixture = await startFixture(api, {
    keys: { wrong: { vendor: 'groq' }, spent: { vendor: 'groq' } },
  })
  fixture.vendor.respondWith(call => (call.apiKey === 'key-wrong' ? invalidApiKey() : groqDaySpent()))
  for (let time = 0; time < 2; time++) {
    const response = await fixture.ask()
    expect(response.status).toBe(429)
    // The return of the day, not that of the refused key's trial after an hour.
    const { message } = await errorOf(response)
    expect(message).toContain('HTTP 401 (the key in KEY_WRONG): the vendor rejects the key')
    await expect.poll(() => isOff(fixture.nameOf('wrong'))).toBe(true)
  }
})

test('a corrected key is used at once after a restart, and the same wrong one is not', async () => {
  await using key = await setKey('corrected_1', ['right'])
  const first = await key.start('wrong')
  expect((await key.ask(first)).status).toBe(503)
  await first.stop()
  expect(await isOff('corrected_1')).toBe(true)
  const same = await key.start('wrong')
  expect((await key.ask(same)).status).toBe(503)
  expect(key.chats()).toEqual(['wrong'])
  await same.stop()
  const corrected = await key.start('right')
  const response = await key.ask(corrected)
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
  expect(key.chats()).toEqual(['wrong', 'right'])
})

test('a second wrong key is refused itself, and the third serves', async () => {
  await using key = await setKey('thrice_1', ['right'])
  for (const wrong of ['wrong', 'wrong again']) {
    const gateway = await key.start(wrong.replace(' ', '-'))
    const response = await key.ask(gateway)
    expect(response.status).toBe(503)
    expect((await errorOf(response)).message).toContain(
      'HTTP 401 (the key in THE_KEY): the vendor rejects the key',
    )
    await gateway.stop()
    expect(await isOff('thrice_1')).toBe(true)
  }
  expect((await key.ask(await key.start('right'))).status).toBe(200)
})

test('a changed key does not end another account’s spent day', async () => {
  await using key = await setKey('spent_1', ['one', 'two'])
  const first = await key.start('one')
  key.vendor.respondWith(() => groqDaySpent())
  expect((await key.ask(first)).status).toBe(429)
  await first.stop()
  expect((await key.ask(await key.start('two'))).status).toBe(429)
  expect(key.chats()).toEqual(['one'])
})

test('after a key without money, another key is used at once', async () => {
  await using key = await setKey('poor_1', ['one', 'two'])
  const first = await key.start('one')
  key.vendor.respondWith(({ apiKey }) => (apiKey === 'one' ? insufficientQuota() : undefined))
  expect((await key.ask(first)).status).toBe(503)
  await first.stop()
  expect((await key.ask(await key.start('two'))).status).toBe(200)
})

test('a refused key that works again is detected at the next start, without a call', async () => {
  const apiKeys: string[] = []
  await using key = await setKey('revived_1', apiKeys)
  const first = await key.start('the-key')
  expect((await key.ask(first)).status).toBe(503)
  await first.stop()
  apiKeys.push('the-key')
  await key.start('the-key')
  await expect.poll(() => isOff('revived_1')).toBe(false)
  expect(key.chats()).toHaveLength(1)
})

test('two gateways with different keys for one provider do not end each other’s refusal repeatedly', async () => {
  await using key = await setKey('unlike_1', ['right'])
  const right = await key.start('right')
  const wrong = await key.start('wrong')
  for (let round = 0; round < 10; round++) {
    await key.ask(wrong)
    await key.ask(right)
    await expect.poll(() => isOff('unlike_1')).toBe(true)
  }
  expect(key.chats().filter(apiKey => apiKey === 'wrong')).toHaveLength(1)
})

test('the API lists keys by the first digits of a salted fingerprint', async () => {
  await using key = await setKey('known_1', ['right'])
  await key.start('right')
  const keys = await api.client.keys.list.query()
  const known = keys.filter(({ providerName, reason }) => providerName === 'known_1' && reason === null)
  expect(known).toMatchObject([{ variable: 'THE_KEY', fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/) }])
  expect(JSON.stringify(keys)).not.toContain('right')
})

test('a key check does not end spent credits of Hugging Face', async () => {
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'huggingface' } } })
  fixture.vendor.respondWith(() => creditsSpent())
  await fixture.ask()
  await expect.poll(() => isOff(fixture.nameOf('a'))).toBe(true)
  const before = await api.client.stats.get.query({ providerName: fixture.nameOf('a') })
  const checked = await fetch(`${fixture.origin}/v1/keys/check`, { method: 'POST' })
  expect(await checked.json()).toMatchObject({
    keys: expect.arrayContaining([expect.objectContaining({ result: 'ok' })]),
  })
  const after = await api.client.stats.get.query({ providerName: fixture.nameOf('a') })
  expect(after).toMatchObject({ available: false, availableAt: before.availableAt })
})
