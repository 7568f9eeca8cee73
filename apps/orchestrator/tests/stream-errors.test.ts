import { isThorough, type Reaction } from '@quotakeeper/test-kit'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
let fixture: Fixture
/** The answer to the next call; later ones get a completion. */
let bad: Reaction | null = null

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

type Ending = Extract<Reaction, { kind: 'pieces' }>['ending']

const event = (data: unknown, name?: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
const stream = (pieces: readonly string[], ending: Ending = 'end'): Reaction => ({
  kind: 'pieces',
  headers: { 'content-type': 'text/event-stream' },
  pieces,
  ending,
})
const delta = (content: object, finish_reason: string | null = null, index = 0): string =>
  event({ choices: [{ index, delta: content, finish_reason }] })

/** Events that may precede content. */
const beginning = [
  ': PROCESSING\n\n',
  event({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] }),
  event({ type: 'ping' }, 'ping'),
  'data:\n\n',
  delta({ role: 'assistant', content: '' }),
  delta({ content: null, tool_calls: [] }),
  delta({}),
  event({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 0, total_tokens: 5 } }),
]
const failedChoice = (more: object): unknown => ({
  choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error', ...more }],
})

const errors: readonly (readonly [string, string])[] = [
  ['with a code', event({ error: { code: 502, message: 'Worker local total request limit reached' } })],
  ['beside choices', event({ error: { code: 502, message: 'x' }, ...(failedChoice({}) as object) })],
  ['with a code in words', event({ error: { code: 'server_error', message: 'x' } })],
  ['in words', event({ error: 'Internal error' })],
  [
    "in Anthropic's form",
    event({ type: 'error', error: { type: 'overloaded_error', message: 'x' } }, 'error'),
  ],
  ['by its name alone', event({ message: 'x' }, 'error')],
  ['as a text, by its name', event('upstream connect error', 'error')],
  ['as a finish', event(failedChoice({}))],
  ['of a choice', event(failedChoice({ finish_reason: null, error: { code: 502, message: 'x' } }))],
  ["in Groq's own place", event({ choices: [], x_groq: { error: 'over capacity' } })],
  ['in a list', event([{ error: { code: 503, message: 'x', status: 'UNAVAILABLE' } }])],
  ['without an error', event({ message: 'Too many requests', code: 503 })],
  ['of a list of errors', event({ success: false, errors: [{ code: 1_000, message: 'x' }] })],
  ['as what is no JSON', event('<html>502</html>')],
  ['as JSON that is cut off', event('{"choices":[{"index":0')],
  ['as null', event('null')],
  ['with CRLF', event({ error: { message: 'x' } }).replaceAll('\n', '\r\n')],
]
const ends: readonly (readonly [string, string])[] = [
  ['the end', ''],
  ['the mark of the end', event('[DONE]')],
  ['an event that is cut off', 'data: {"choices":[{"index":0,"delta":{"con'],
]

/** The ways in which the last event arrives; in `test` one for each, in turn. */
const arrivals: readonly ((last: string) => readonly string[])[] = [
  last => [last],
  last => [...beginning, last],
  last => [[...beginning, last].join('')],
]
const arriving = [...errors, ...ends].map(
  ([name, last], slot) =>
    [name, last, arrivals.filter((_, way) => isThorough || way === slot % arrivals.length)] as const,
)

test.each(arriving)(
  'an error %s before the first content moves on to the next key',
  async (_, last, ways) => {
    for (const pieces of ways.map(way => way(last))) {
      bad = stream(pieces)
      const response = await fixture.ask({ stream: true })
      expect(response.headers.get('x-quotakeeper-attempts')).toBe('2')
      const text = await response.text()
      expect(text).toContain('stand-in')
      expect(text).toContain('data: [DONE]')
      expect(text).not.toContain('"error"')
    }
  },
)

/** The last event of a text, parsed. */
function lastOf(text: string): unknown {
  return JSON.parse(text.trim().split('data: ').at(-1) ?? '')
}

test.each([...errors, ...ends.filter(([name]) => !name.includes('mark'))])(
  'an error %s after some content reaches the client, and ends the stream',
  async (_, last) => {
    bad = stream(
      [...beginning, delta({ content: 'half an ' }), last, event('[DONE]')].slice(
        0,
        last === '' ? -1 : undefined,
      ),
    )
    if (last.includes('"con')) bad = stream([...beginning, delta({ content: 'half an ' }), last])
    const response = await fixture.ask({ stream: true })
    expect(response.headers.get('x-quotakeeper-attempts')).toBe('1')
    const text = await response.text()
    expect(text).toContain('half an ')
    expect(text).not.toContain('[DONE]')
    expect(lastOf(text)).toMatchObject({ error: { type: 'server_error', code: 'vendor_failed' } })
  },
)

test.each([
  ['a text', delta({ content: 'x' })],
  ['reasoning', delta({ reasoning_content: 'x' })],
  ['a refusal', delta({ refusal: 'x' })],
  [
    'a called function',
    delta({ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '' } }] }),
  ],
  ['a piece of arguments', delta({ tool_calls: [{ index: 0, function: { arguments: '{' } }] })],
  ['a sound', delta({ audio: { data: 'AAAA' } })],
])('%s is content, behind which no other key is tried', async (_, content) => {
  bad = stream([...beginning, content, errors[0]?.[1] ?? ''])
  const response = await fixture.ask({ stream: true })
  expect(response.headers.get('x-quotakeeper-attempts')).toBe('1')
  expect(await response.text()).toContain('vendor_failed')
})

const whole: readonly (readonly [string, readonly string[]])[] = [
  ['its finish reason', [delta({ content: 'x' }), delta({}, 'stop')]],
  ['the end mark after content', [delta({ content: 'x' }), event('[DONE]')]],
  ['an end without content', [delta({ role: 'assistant' }), delta({}, 'content_filter'), event('[DONE]')]],
  ['an end without a blank line', [delta({ content: 'x' }), delta({}, 'stop'), 'data: [DONE]']],
  [
    'an irrelevant error after it',
    [delta({ content: 'x' }), delta({}, 'stop'), event('[DONE]'), event({ error: 'x' })],
  ],
  [
    'an error field of null',
    [event({ error: null, choices: [{ index: 0, delta: { content: 'x' }, finish_reason: 'stop' }] })],
  ],
  [
    'the ends of all answers',
    [delta({ content: 'x' }), delta({ content: 'y' }, 'length', 1), delta({}, 'stop')],
  ],
]
test.each(whole)('a stream with %s is whole', async (_, pieces) => {
  for (const ending of ['end', 'cut'] as const) {
    bad = stream([delta({ role: 'assistant', content: '' }), ...pieces], ending)
    const response = await fixture.ask({ stream: true })
    expect(response.headers.get('x-quotakeeper-attempts')).toBe('1')
    const text = await response.text()
    expect(text).not.toContain('vendor_failed')
    expect(text.endsWith('\n\n')).toBe(true)
  }
})

test('a stream with an unfinished choice is truncated', async () => {
  bad = stream([delta({ content: 'x' }), delta({ content: 'y' }, null, 1), delta({}, 'stop', 1)])
  expect(lastOf(await (await fixture.ask({ stream: true })).text())).toMatchObject({
    error: { code: 'vendor_failed', message: expect.stringContaining('ended before its answer') },
  })
})

test('a failed stream is charged the received content, or the usage reported until then', async () => {
  await using own = await startFixture(api, { keys: { a: {} } })
  const usage = { prompt_tokens: 70, completion_tokens: 30, total_tokens: 100 }
  const content = delta({ content: '12345678' })
  const streams: readonly (readonly string[])[] = [
    [content],
    [content, errors[0]?.[1] ?? ''],
    [content, event({ error: { message: 'x' }, usage })],
    [content, event({ error: { message: 'x' } }), event({ choices: [], usage })],
    [event({ error: { message: 'x' } }), event({ choices: [], usage })],
  ]
  for (const pieces of streams) {
    own.vendor.respondWith(() => stream(pieces))
    await (await own.ask({ stream: true })).text()
  }
  const rows = await own.ledgerOf('a')
  const failed = { outcome: 'failed', requestCount: 1 }
  const estimated = {
    ...failed,
    estimated: true,
    characterCount: 18,
    inputTokenCount: 3,
    outputTokenCount: 2,
  }
  const reported = { ...failed, inputTokenCount: 70, outputTokenCount: 30 }
  expect(rows).toMatchObject([estimated, estimated, reported, reported, reported])
})

const dayIsSpent =
  'Rate limit reached for model `m` in organization `org_1` on tokens per day (TPD): Limit 100000, Used 100500, Requested 500. Please try again in 14m24s'

test('a daily limit reported within a stream disables its key for the stated time', async () => {
  await using own = await startFixture(api, { keys: { a: { vendor: 'groq' }, b: { vendor: 'groq' } } })
  own.vendor.respondWith(call =>
    call.apiKey === 'key-a'
      ? stream([
          delta({ content: 'half' }),
          event({ error: { message: dayIsSpent, code: 'rate_limit_exceeded' } }),
        ])
      : undefined,
  )
  const callsOfFirstKey = (): number => own.vendor.calls.filter(call => call.apiKey === 'key-a').length
  const ask = async (): Promise<string> => (await own.ask({ stream: true })).text()
  let text = await ask()
  for (let times = 1; callsOfFirstKey() === 0 && times < 4; times++) text = await ask()
  expect(lastOf(text)).toMatchObject({ error: { message: expect.stringContaining('tokens per day') } })
  const availableAt = async () =>
    (await api.client.stats.get.query({ providerName: own.nameOf('a') })).availableAt
  await expect.poll(availableAt).not.toBeNull()
  for (let times = 0; times < 3; times++) expect(await ask()).toContain('[DONE]')
  expect(callsOfFirstKey()).toBe(1)
  const awayMs = Date.parse((await availableAt()) ?? '') - Date.now()
  expect(awayMs).toBeLessThanOrEqual(864_000)
  expect(awayMs).toBeGreaterThan(800_000)
})

test('at most 64 KiB are held back without content', async () => {
  const comment = `: ${'x'.repeat(1_000)}\n\n`
  bad = stream([...Array.from({ length: 100 }, () => comment)], 'hang')
  const client = new AbortController()
  const response = await fixture.ask({ stream: true }, { signal: client.signal })
  expect(response.headers.get('x-quotakeeper-attempts')).toBe('1')
  client.abort()
})

test('an endless event is aborted before much is buffered, and the client gets an error', async () => {
  for (const first of [delta({ content: 'x' }), '']) {
    let pieces = 0
    function* endless(): Generator<string> {
      yield first
      for (yield 'data: '; pieces < 100_000; pieces++) yield 'x'.repeat(65_536)
    }
    bad = { kind: 'pieces', headers: { 'content-type': 'text/event-stream' }, pieces: endless() }
    const response = await fixture.ask({ stream: true })
    const text = await response.text()
    if (first === '') expect(response.headers.get('x-quotakeeper-attempts')).toBe('2')
    else
      expect(lastOf(text)).toMatchObject({ error: { message: expect.stringContaining('more than 8388608') } })
    // Plus the buffers of both ends.
    expect(pieces * 65_536).toBeLessThan(64 * 1_024 * 1_024)
  }
})

test('the official client gets the received content, then the error', async () => {
  const client = new OpenAI({ baseURL: `${fixture.origin}/v1`, apiKey: 'unused', maxRetries: 0 })
  for (const [, last] of [...errors, ...ends.slice(0, 1)]) {
    bad = stream([delta({ content: 'half' }), last])
    const answer = await client.chat.completions.create({
      model: fixture.model,
      messages: [{ role: 'user', content: 'x' }],
      stream: true,
    })
    let text = ''
    const reading = (async () => {
      for await (const chunk of answer) text += chunk.choices[0]?.delta.content ?? ''
    })()
    await expect(reading).rejects.toMatchObject({ code: 'vendor_failed' })
    expect(text).toBe('half')
  }
})

test.each([
  ['no other answer had begun', { n: 2 }, true],
  ['all answers had come', { n: 1 }, false],
])(
  'a connection that breaks behind the end of one answer is an error where %s',
  async (_, fields, isError) => {
    bad = stream([delta({ content: 'one' }), delta({}, 'stop')], 'cut')
    const text = await (await fixture.ask({ ...fields, stream: true })).text()
    expect(text).toContain('one')
    expect(text.includes('"vendor_failed"')).toBe(isError)
  },
)
