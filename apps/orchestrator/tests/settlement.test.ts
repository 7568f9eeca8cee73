import { insufficientQuota, serverError } from '@quotakeeper/test-kit'
import { beforeAll, expect, test } from 'vitest'
import { requestsPerDay, startFixture } from './fixture.js'
import { sharedTestApi, startTestApiProcess, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

test('an answered call is charged the vendor’s reported usage, and the characters of prompt and answer', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(() => ({
    kind: 'answer',
    httpStatus: 200,
    body: {
      choices: [{ message: { role: 'assistant', content: '😀😀' } }],
      usage: {
        prompt_tokens: 40,
        completion_tokens: 8,
        total_tokens: 48,
        prompt_tokens_details: { cached_tokens: 32 },
      },
    },
  }))
  const response = await fixture.ask({ messages: [{ role: 'user', content: '𠮷 e\u0301' }] })
  const requestId = response.headers.get('x-quotakeeper-request-id')
  expect(await fixture.ledgerOf('a')).toMatchObject([
    {
      requestId,
      model: fixture.model,
      state: 'committed',
      outcome: 'succeeded',
      estimated: false,
      requestCount: 1,
      characterCount: 4 + 2,
      inputTokenCount: 40,
      outputTokenCount: 8,
      cachedInputTokenCount: 32,
    },
  ])
})

test.each([
  ['none', null],
  ['absurd', { prompt_tokens: -1_000_000, completion_tokens: 1e308, total_tokens: 1.5 }],
  ['no number', { prompt_tokens: '12', completion_tokens: null, total_tokens: Number.NaN }],
])('usage that is %s is estimated from the text, and said to be so', async (_, usage) => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  fixture.vendor.respondWith(() => ({
    kind: 'answer',
    httpStatus: 200,
    body: { choices: [{ message: { content: 'x'.repeat(41) } }], usage },
  }))
  expect((await fixture.ask({ messages: [{ role: 'user', content: 'y'.repeat(21) }] })).status).toBe(200)
  expect(await fixture.ledgerOf('a')).toMatchObject([
    { estimated: true, requestCount: 1, characterCount: 62, inputTokenCount: 6, outputTokenCount: 11 },
  ])
})

test.each([
  ['nothing', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, [6, 11]],
  ['no output', { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 }, [9, 11]],
  ['no input', { prompt_tokens: 0, completion_tokens: 7, total_tokens: 7 }, [6, 7]],
])('usage of %s beside a text is estimated, streamed or not', async (_, usage, [input, output]) => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const content = 'x'.repeat(41)
  const event = { choices: [{ delta: { content }, finish_reason: 'stop' }], usage }
  for (const body of [{ choices: [{ message: { content } }], usage }, `data: ${JSON.stringify(event)}\n\n`]) {
    fixture.vendor.respondWith(() => ({ kind: 'answer', httpStatus: 200, body }))
    const stream = typeof body === 'string'
    await (await fixture.ask({ stream, messages: [{ role: 'user', content: 'y'.repeat(21) }] })).text()
  }
  const charged = { estimated: true, inputTokenCount: input, outputTokenCount: output, characterCount: 62 }
  expect(await fixture.ledgerOf('a')).toMatchObject([charged, charged])
})

test('reported usage of 0 with an empty answer is accepted', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const usage = { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 }
  const body = { choices: [{ message: { content: '' }, finish_reason: 'length' }], usage }
  fixture.vendor.respondWith(() => ({ kind: 'answer', httpStatus: 200, body }))
  await fixture.ask()
  expect(await fixture.ledgerOf('a')).toMatchObject([
    { estimated: false, inputTokenCount: 9, outputTokenCount: 0 },
  ])
})

test('two calls answered with the same id are charged separately', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const usage = { prompt_tokens: 4, completion_tokens: 6, total_tokens: 10 }
  fixture.vendor.respondWith(() => ({
    kind: 'answer',
    httpStatus: 200,
    body: { id: 'chatcmpl-424', choices: [{ message: { content: 'hello' } }], usage },
  }))
  await fixture.ask()
  await fixture.ask()
  const rows = await fixture.ledgerOf('a')
  expect(rows.map(row => row.inputTokenCount + row.outputTokenCount)).toEqual([10, 10])
})

test('a refused call is charged nothing, or one request if the vendor counts refused calls', async () => {
  await using fixture = await startFixture(api, {
    keys: { free: { vendor: 'groq' }, counted: { vendor: 'openai' } },
  })
  fixture.vendor.respondWith(() => insufficientQuota())
  await fixture.ask()
  const [free] = await fixture.ledgerOf('free')
  const [counted] = await fixture.ledgerOf('counted')
  expect(free).toMatchObject({ outcome: 'refused', requestCount: 0, characterCount: 0, inputTokenCount: 0 })
  expect(counted).toMatchObject({
    outcome: 'refused',
    requestCount: 1,
    characterCount: 0,
    inputTokenCount: 0,
  })
  expect(free?.requestId).toBe(counted?.requestId)
})

test('a failed call counts as a request without tokens, and a truncated one with its prompt', async () => {
  await using fixture = await startFixture(api, { keys: { failed: {}, cut: {} } })
  fixture.vendor.respondWith(call => (call.apiKey === 'key-failed' ? serverError() : { kind: 'cut' }))
  await fixture.ask()
  expect(await fixture.ledgerOf('failed')).toMatchObject([
    { outcome: 'failed', estimated: true, requestCount: 1, characterCount: 0, inputTokenCount: 0 },
  ])
  expect(await fixture.ledgerOf('cut')).toMatchObject([
    { outcome: 'failed', estimated: true, requestCount: 1, characterCount: 10, inputTokenCount: 3 },
  ])
})

test('a disconnecting client cancels the call, which counts as a request with its prompt', async () => {
  await using fixture = await startFixture(api, { keys: { a: { limits: requestsPerDay(5) }, b: {} } })
  fixture.vendor.respondWith(() => ({ kind: 'hang' }))
  const client = new AbortController()
  const asking = fixture.ask({ model: fixture.model }, { signal: client.signal })
  await fixture.vendor.until(calls => calls.length === 1)
  client.abort()
  await expect(asking).rejects.toThrow()
  await fixture.vendor.until(calls => calls[0]?.ending === 'clientLeft')
  const rows = [...(await fixture.ledgerOf('a')), ...(await fixture.ledgerOf('b'))]
  expect(rows).toMatchObject([
    {
      state: 'committed',
      outcome: 'aborted',
      estimated: true,
      requestCount: 1,
      inputTokenCount: 3,
      outputTokenCount: 0,
    },
  ])
})

test('the answer does not wait for its settlement', async () => {
  await using own = await startTestApiProcess()
  await using fixture = await startFixture(own, { keys: { a: {} } })
  // The API is paused before the answer and resumed afterwards: the settlement arrives anyway.
  fixture.vendor.respondWith(() => {
    process.kill(own.process.pid, 'SIGSTOP')
    return undefined
  })
  expect((await fixture.ask()).status).toBe(200)
  process.kill(own.process.pid, 'SIGCONT')
  expect(await fixture.ledgerOf('a')).toMatchObject([{ outcome: 'succeeded', state: 'committed' }])
})

test.each([600, 999])(
  'a status %i, which HTTP does not have, is a failure that is settled',
  async httpStatus => {
    await using fixture = await startFixture(api, { keys: { a: {} } })
    fixture.vendor.respondWith(() => ({ kind: 'answer', httpStatus, body: { error: { message: 'odd' } } }))
    expect((await fixture.ask()).status).toBeGreaterThanOrEqual(500)
    await expect
      .poll(async () => (await fixture.ledgerOf('a')).map(({ state, outcome }) => [state, outcome]))
      .toEqual([['committed', 'failed']])
  },
)

test('an implausible count is capped and marked as an estimate', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} } })
  const usage = { prompt_tokens: Number.MAX_SAFE_INTEGER, completion_tokens: 0 }
  fixture.vendor.respondWith(() => ({
    kind: 'answer',
    httpStatus: 200,
    body: { choices: [{ message: { content: 'hello' } }], usage },
  }))
  // The first does not cause a refusal of the second.
  for (let times = 0; times < 2; times++) expect((await fixture.ask()).status).toBe(200)
  const capped = { state: 'committed', estimated: true, inputTokenCount: 2 ** 40 }
  expect(await fixture.ledgerOf('a')).toMatchObject([capped, capped])
})
