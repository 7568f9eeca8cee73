import { gzipSync } from 'node:zlib'
import { groqRateLimited, isThorough, type PlainAnswer } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectWait } from './expect-wait.js'
import { errorOf, type Fixture, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
let fixture: Fixture
/** The answer to the next call; later ones get a completion. */
let bad: PlainAnswer | null = null

beforeAll(async () => {
  api = await sharedTestApi()
  fixture = await startFixture(api, { keys: { a: {}, b: {} } })
  fixture.vendor.respondWith(() => {
    const reaction = bad ?? undefined
    bad = null
    return reaction
  })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

const json = 'application/json'
const answer = (body: unknown, contentType = json, httpStatus = 200): PlainAnswer => ({
  kind: 'answer',
  httpStatus,
  headers: { 'content-type': contentType },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const events = (...all: readonly unknown[]): string =>
  all.map(event => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('')
const message = { role: 'assistant', content: 'half an ans' }
const choice = (finish_reason: string | null, more: object = {}): object => ({
  choices: [{ index: 0, message, finish_reason, ...more }],
})

/** Whole bodies with a successful status that are not an answer. */
const bodies: readonly (readonly [string, PlainAnswer])[] = [
  ['an error with a code', answer({ error: { message: 'Provider disconnected', code: 502 } })],
  ['an error in words', answer({ error: 'Something went wrong' })],
  ['an error with a code in words', answer({ error: { message: 'x', code: 'server_error' } })],
  ['an error of the request', answer({ error: { message: 'x', type: 'invalid_request_error' } })],
  ['an error that is true', answer({ error: true })],
  ['an error beside an answer', answer({ ...choice('stop'), error: { message: 'x' } })],
  ['an error in a list', answer([{ error: { code: 500, message: 'x', status: 'INTERNAL' } }])],
  ["Anthropic's error", answer({ type: 'error', error: { type: 'api_error', message: 'x' } })],
  ["vLLM's error", answer({ object: 'error', message: 'x', type: 'InternalServerError', code: 500 })],
  ["Cloudflare's errors", answer({ success: false, errors: [{ code: 1, message: 'x' }], result: null })],
  ['choices that are null', answer({ id: null, choices: null, usage: null })],
  ['no choices', answer({ id: 'x', object: 'chat.completion' })],
  ['an empty list of choices', answer({ choices: [] })],
  ['a choice that is null', answer({ choices: [null] })],
  ['a choice without a message', answer({ choices: [{ index: 0, finish_reason: 'stop' }] })],
  ['a message that is null', answer({ choices: [{ message: null, finish_reason: 'stop' }] })],
  ['a finish in an error', answer(choice('error'))],
  ['a choice with an error', answer(choice(null, { error: { code: 502, message: 'x' } }))],
  ['a page of HTML', answer('<!doctype html><html><body>Bad gateway</body></html>', 'text/html')],
  ['a page that is called JSON', answer('<html></html>')],
  ['nothing', answer('')],
  ['white space', answer(' \n\n ')],
  ['JSON that is cut off', answer('{"choices":[{"message":{"content":"half')],
  ['a text', answer('OK', 'text/plain')],
  ['JSON that is a text', answer('"OK"')],
  ['null', answer('null')],
  ['an empty object', answer({})],
  ['HTTP 204', answer('', json, 204)],
  ['HTTP 202 with a promise', answer({ id: 'job', status: 'queued' }, json, 202)],
  ['a redirect', { ...answer('', json, 302), headers: { location: 'https://example.com/' } }],
  ['a status that is none', answer(choice('stop'), json, 600)],
  ['events in place of JSON, with an error', answer(events({ error: { message: 'x', code: 500 } }))],
  ['events that end too soon', answer(events({ choices: [{ index: 0, delta: { role: 'assistant' } }] }))],
]

let asked = 0
for (const stream of [false, true]) {
  // In `test` each body once, in turn for a whole answer and for a stream.
  const inTurn = bodies.filter((_, slot) => isThorough || (slot % 2 === 0) === stream)
  test.each(inTurn)(`%s is no answer: the next key gives one, with stream ${stream}`, async (_, first) => {
    bad = first
    asked++
    const response = await fixture.ask({ stream })
    expect([response.status, response.headers.get('x-quotakeeper-attempts')]).toEqual([200, '2'])
    const text = await response.text()
    expect(text).toContain(stream ? '[DONE]' : 'The stand-in answers.')
    expect(text).not.toContain('half an ans')
  })
}

test('each is charged as failed: one request, and only tokens of a stream’s prompt', async () => {
  const rows = async () =>
    (
      await Promise.all(
        ['a', 'b'].map(key =>
          api.client.usage.ledger.query({ providerName: fixture.nameOf(key), pageSize: 10_000 }),
        ),
      )
    ).flatMap(page => page.rows)
  await expect
    .poll(async () => (await rows()).filter(({ state }) => state === 'committed').length)
    .toBe(2 * asked)
  const failed = (await rows()).filter(({ outcome }) => outcome !== 'succeeded')
  expect(failed.length).toBe(asked)
  for (const row of failed) {
    expect(row).toMatchObject({ outcome: 'failed', requestCount: 1, outputTokenCount: 0 })
  }
  // A started stream is charged an estimate of its prompt.
  expect(failed.filter(row => row.inputTokenCount > 0).length).toBe(1)
})

const words = choice('stop')
const called = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'c', function: { name: 'f', arguments: '' } }],
}
const answers: readonly (readonly [string, unknown])[] = [
  ['an error that is null', { ...words, error: null }],
  ['an error that is empty', { ...words, error: '' }],
  ['no text, but called functions', { choices: [{ message: called, finish_reason: 'tool_calls' }] }],
  ['a refusal', { choices: [{ message: { content: null, refusal: 'no' }, finish_reason: 'stop' }] }],
  ['a filter', { choices: [{ message: { content: null }, finish_reason: 'content_filter' }] }],
  ['an end at the first token', { choices: [{ message: { content: '' }, finish_reason: 'length' }] }],
  ['a message without a content', { choices: [{ message: { role: 'assistant' }, finish_reason: 'length' }] }],
  ['nothing to say', { choices: [{ message: { content: '' }, finish_reason: 'stop' }] }],
  ['no reason of its end', { choices: [{ message: { content: 'x' } }] }],
]

test.each(answers)('%s is an answer, and is passed on unchanged', async (_, body) => {
  bad = answer(body)
  const response = await fixture.ask()
  expect(response.headers.get('x-quotakeeper-attempts')).toBe('1')
  expect(await response.text()).toBe(JSON.stringify(body))
})

test.each(answers)('%s is an answer to a stream, too', async (_, body) => {
  bad = answer(body)
  const response = await fixture.ask({ stream: true })
  expect(response.headers.get('x-quotakeeper-attempts')).toBe('1')
  expect(await response.text()).toContain('data: [DONE]')
})

test('if no key answers, the error quotes each vendor', async () => {
  await using own = await startFixture(api, { keys: { a: {}, b: {} } })
  own.vendor.respondWith(call =>
    answer(call.apiKey === 'key-a' ? { error: { message: 'no luck with key-a' } } : '<b>Bad gateway</b>'),
  )
  for (const stream of [false, true]) {
    const response = await own.ask({ stream })
    expect(response.status).toBe(502)
    const { code, message: said } = await errorOf(response)
    expect(code).toBe('vendor_failed')
    expect(said).toContain('the vendor answered HTTP 200 with an error ("no luck with [key]")')
    expect(said).toContain('the vendor answered HTTP 200 with a page of HTML')
  }
})

const day = groqRateLimited({
  ...{ model: 'm', metric: 'tokens', window: 'day' },
  ...{ limit: 100_000, used: 100_500, requested: 500 },
})
const quotaErrors: readonly (readonly [string, unknown, number | null])[] = [
  ['a number', { error: { code: 429, message: 'slow down', type: 'rate_limit' } }, null],
  ["Groq's words of a day", day.body, 864],
  ['a code in words', { error: { code: 'insufficient_quota', message: 'no money' } }, null],
  ['a limit in prose alone', { error: 'Rate limit reached, please try again in 120s' }, 120],
]

for (const stream of [false, true]) {
  test.each(quotaErrors)(
    `a refusal for want of quota behind HTTP 200, stated by %s, is applied, with stream ${stream}`,
    async (_, body, seconds) => {
      await using own = await startFixture(api, { keys: { a: { vendor: 'groq' }, b: { vendor: 'groq' } } })
      own.vendor.respondWith(call => (call.apiKey === 'key-a' ? answer(body) : undefined))
      for (let times = 0; times < 5; times++) expect((await own.ask({ stream })).status).toBe(200)
      await expect
        .poll(async () => (await api.client.stats.get.query({ providerName: own.nameOf('b') })).requestCount)
        .toBe(5)
      expect(own.vendor.calls.filter(call => call.apiKey === 'key-a').length).toBe(1)
      const { rows } = await api.client.usage.ledger.query({ providerName: own.nameOf('a') })
      expect(rows).toMatchObject([{ outcome: 'refused', inputTokenCount: 0 }])
      if (seconds === null) return
      const { availableAt } = await api.client.stats.get.query({ providerName: own.nameOf('a') })
      const awayMs = Date.parse(availableAt ?? '') - Date.now()
      expect(awayMs).toBeLessThanOrEqual(seconds * 1_000)
      expect(awayMs).toBeGreaterThan((seconds - 60) * 1_000)
    },
  )
}

test('embeddings must be answered by a list of embeddings', async () => {
  await using own = await startFixture(api, { keys: { a: {}, b: {} } })
  let first: PlainAnswer | null = null
  own.vendor.respondWith(() => {
    const reaction = first ?? undefined
    first = null
    return reaction
  })
  const embed = () =>
    fetch(`${own.origin}/v1/embeddings`, {
      method: 'POST',
      headers: { 'content-type': json },
      body: JSON.stringify({ model: own.model, input: 'x' }),
    })
  const none = [
    ...[
      { data: null },
      { data: [] },
      { data: {} },
      { data: [null] },
      { data: [{ embedding: null }] },
      choice('stop'),
    ],
    ...[{ error: { message: 'x' }, data: [{ embedding: [1] }] }, '', '<html>', events({ data: [] })],
  ]
  for (const body of none) {
    first = answer(body)
    const response = await embed()
    expect([response.status, response.headers.get('x-quotakeeper-attempts')], JSON.stringify(body)).toEqual([
      200,
      '2',
    ])
  }
  for (const embedding of [[0.5], 'AAAAPw==', { float: [0.5] }]) {
    first = answer({ data: [{ embedding }] })
    const response = await embed()
    expect(response.headers.get('x-quotakeeper-attempts')).toBe('1')
    expect(await response.json()).toEqual({ data: [{ embedding }] })
  }
})

test('usage of a failed call is charged if the vendor reports it', async () => {
  await using own = await startFixture(api, { keys: { a: { vendor: 'groq' } } })
  const usage = { prompt_tokens: 70, completion_tokens: 30, total_tokens: 100, cost: 0.5 }
  const error = { message: 'x', code: 500 }
  const inVain: readonly PlainAnswer[] = [
    answer({ error, usage }),
    answer({ error, usage }, json, 500),
    answer({ error: { message: 'x' }, usage }, json, 400),
    answer(events({ error, usage })),
  ]
  for (const [slot, said] of inVain.entries()) {
    own.vendor.respondWith(() => said)
    await (await own.ask({ stream: slot === 3 })).text()
  }
  const rows = await own.ledgerOf('a')
  expect(rows.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'refused', 'failed'])
  for (const row of rows) {
    expect(row).toMatchObject({ inputTokenCount: 70, outputTokenCount: 30, costMicroUsd: 500_000 })
  }
})

test('a compressed refusal is read like any other', async () => {
  await using own = await startFixture(api, { keys: { a: { vendor: 'groq' } } })
  const body = gzipSync(JSON.stringify(day.body))
  own.vendor.respondWith(() => ({ ...day, headers: { 'content-encoding': 'gzip' }, body }))
  expect((await expectWait(() => own.ask(), 864)).status).toBe(429)
})
