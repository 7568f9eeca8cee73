import { brotliCompressSync, constants, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { isThorough, type Reaction } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectWait } from './expect-wait.js'
import { errorOf, type Fixture, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
let fixture: Fixture
/** The answer to the next call; later ones get a completion. */
let next: Reaction | null = null

beforeAll(async () => {
  api = await sharedTestApi()
  fixture = await startFixture(api, { keys: { a: {}, b: {} } })
  fixture.vendor.respondWith(() => {
    const reaction = next ?? undefined
    next = null
    return reaction
  })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

const usage = { prompt_tokens: 700, completion_tokens: 300, total_tokens: 1_000 }
const completion = JSON.stringify({
  choices: [{ index: 0, message: { role: 'assistant', content: 'höllo' }, finish_reason: 'stop' }],
  usage,
})
const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`
const events = [
  chunk({ role: 'assistant', content: '' }),
  ...Array.from({ length: 50 }, (_, slot) => chunk({ content: `wörd ${slot} ` })),
  chunk({}, 'stop'),
  `data: ${JSON.stringify({ choices: [], usage })}\n\n`,
  'data: [DONE]\n\n',
].join('')

const encodings: readonly (readonly [string, (text: string) => Buffer])[] = [
  ['gzip', text => gzipSync(text)],
  ['GZIP', text => gzipSync(text)],
  ['x-gzip', text => gzipSync(text)],
  ['gzip', text => Buffer.concat([gzipSync(text.slice(0, 9)), gzipSync(text.slice(9))])],
  ['deflate', text => deflateSync(text)],
  ['deflate', text => deflateRawSync(text)],
  ['br', text => brotliCompressSync(text)],
  ['gzip, br', text => brotliCompressSync(gzipSync(text))],
  ['deflate,, identity , gzip', text => gzipSync(deflateRawSync(text))],
  ['identity', text => Buffer.from(text)],
]

function encoded(encoding: string, body: Buffer, contentType = 'application/json'): Reaction {
  const headers = { 'content-encoding': encoding, 'content-type': contentType }
  return { kind: 'pieces', headers, pieces: [body.subarray(0, 5), body.subarray(5)] }
}

/** The committed rows of both keys. */
async function rows() {
  const pages = await Promise.all(
    ['a', 'b'].map(key =>
      api.client.usage.ledger.query({ providerName: fixture.nameOf(key), pageSize: 10_000 }),
    ),
  )
  return pages.flatMap(page => page.rows).filter(({ state }) => state === 'committed')
}

test.each(encodings)(
  'an answer in %s is read, and reaches the client as it was',
  async (encoding, encode) => {
    const before = (await rows()).length
    next = encoded(encoding, encode(completion))
    const whole = await fixture.ask()
    expect(whole.headers.get('x-quotakeeper-attempts')).toBe('1')
    expect(whole.headers.get('content-encoding')).toBeNull()
    expect(await whole.text()).toBe(completion)
    next = encoded(encoding, encode(events), 'text/event-stream')
    const streamed = await fixture.ask({ stream: true, stream_options: { include_usage: true } })
    expect(streamed.headers.get('x-quotakeeper-attempts')).toBe('1')
    expect(streamed.headers.get('content-encoding')).toBeNull()
    expect(await streamed.text()).toBe(events)
    await expect.poll(async () => (await rows()).length).toBe(before + 2)
    const used = (await rows()).filter(
      ({ inputTokenCount, outputTokenCount, estimated }) =>
        inputTokenCount === 700 && outputTokenCount === 300 && !estimated,
    )
    expect(used.length).toBe(before + 2)
  },
)

/** The first part of a gzip stream of a vendor that flushes. */
async function flushed(text: string): Promise<Buffer> {
  const gzip = createGzip()
  const parts: Buffer[] = []
  gzip.on('data', (part: Buffer) => parts.push(part))
  gzip.write(text)
  await new Promise<void>(resolve => gzip.flush(constants.Z_SYNC_FLUSH, () => resolve()))
  return Buffer.concat(parts)
}

test('a compressed stream arrives event by event while its vendor is still writing', async () => {
  next = {
    kind: 'pieces',
    headers: { 'content-encoding': 'gzip', 'content-type': 'text/event-stream' },
    pieces: [await flushed(chunk({ content: 'first' }))],
    ending: 'hang',
  }
  const client = new AbortController()
  const response = await fixture.ask({ stream: true }, { signal: client.signal })
  const part = await response.body?.getReader().read()
  expect(Buffer.from(part?.value ?? []).toString()).toBe(chunk({ content: 'first' }))
  client.abort()
  await fixture.vendor.until(calls => calls.at(-1)?.ending === 'clientLeft')
})

const gzipped = gzipSync(completion)
const brokenHalf = Buffer.from(gzipped)
brokenHalf.fill(0xff, 20, 40)
const broken: readonly (readonly [string, string, Buffer])[] = [
  ['gzip that is cut off', 'gzip', gzipped.subarray(0, -12)],
  ['gzip that is none', 'gzip', Buffer.from(completion)],
  ['gzip with a fault in it', 'gzip', brokenHalf],
  ['deflate that is cut off', 'deflate', deflateSync(completion).subarray(0, -12)],
  ['deflate that is none', 'deflate', Buffer.from('\xff\xff\xff\xff', 'latin1')],
  ['brotli that is cut off', 'br', brotliCompressSync(completion).subarray(0, -12)],
  ['brotli that is none', 'br', Buffer.from(completion)],
  ['an unknown encoding', 'lzma', Buffer.from(completion)],
  ['more encodings than any vendor uses', Array.from({ length: 6 }, () => 'gzip').join(','), gzipped],
]

for (const stream of [false, true]) {
  test.each(broken)(
    `%s is no answer: the next key gives one, with stream ${stream}`,
    async (_, encoding, body) => {
      next = encoded(encoding, body, stream ? 'text/event-stream' : 'application/json')
      const response = await fixture.ask({ stream })
      expect([response.status, response.headers.get('x-quotakeeper-attempts')]).toEqual([200, '2'])
      expect(await response.text()).toContain('stand-in')
    },
  )
}

test('a stream whose compression breaks after content ends with an error event', async () => {
  const first = await flushed(chunk({ content: 'first' }))
  let go = (): void => undefined
  const hasCome = new Promise<void>(resolve => {
    go = resolve
  })
  async function* pieces(): AsyncGenerator<Buffer> {
    yield first
    await hasCome
    yield Buffer.alloc(100, 0xff)
  }
  const headers = { 'content-encoding': 'gzip', 'content-type': 'text/event-stream' }
  next = { kind: 'pieces', headers, pieces: pieces() }
  const response = await fixture.ask({ stream: true })
  go()
  const text = await response.text()
  expect(text).toContain('first')
  expect(text).toContain('vendor_failed')
  expect(text).not.toContain('[DONE]')
})

test('an answer that decompresses beyond the limit is aborted, and the client gets an error', async () => {
  await using own = await startFixture(api, { keys: { a: {} } })
  const bomb = gzipSync(Buffer.alloc(80 * 1_024 * 1_024, ' '))
  const line = gzipSync(`data: ${'x'.repeat(16 * 1_024 * 1_024)}`)
  const doubled = gzipSync(bomb)
  const bombs: readonly (readonly [string, string, Buffer, string])[] = [
    ['application/json', 'gzip', bomb, 'an answer of more than 67108864 bytes'],
    ['application/json', 'gzip, gzip', doubled, 'an answer of more than 67108864 bytes'],
    ['text/event-stream', 'gzip', line, 'an event of more than 8388608 bytes'],
  ]
  for (const [slot, [contentType, encoding, body, reason]] of bombs.entries()) {
    // In `test` each once, asked for whole and as a stream in turn: to read each takes 0.2 s of a core.
    for (const stream of isThorough ? [false, true] : [slot === 1]) {
      own.vendor.respondWith(() => encoded(encoding, body, contentType))
      const response = await own.ask({ stream })
      expect(response.status).toBe(502)
      const { message } = await errorOf(response)
      // Endless white space is refused once it exceeds any valid start.
      expect(message).toMatch(stream || contentType !== 'application/json' ? /more than \d+ bytes/ : reason)
    }
  }
})

test('a refusal with broken compression is classified by its status', async () => {
  await using own = await startFixture(api, { keys: { a: {} } })
  const headers = { 'content-encoding': 'gzip', 'retry-after': '60' }
  own.vendor.respondWith(() => ({ kind: 'answer', httpStatus: 429, headers, body: 'slow down' }))
  expect((await expectWait(() => own.ask(), 60)).status).toBe(429)
})

test('a refusal with an endless or broken body is classified by its status', async () => {
  const body = Buffer.alloc(4_000_000, ' ')
  const headers = { 'retry-after': '60' }
  for (const more of [{}, { 'content-length': '9000000' }]) {
    await using own = await startFixture(api, { keys: { a: {} } })
    own.vendor.respondWith(() => ({
      kind: 'answer',
      httpStatus: 429,
      headers: { ...headers, ...more },
      body,
    }))
    expect((await expectWait(() => own.ask(), 60)).status).toBe(429)
  }
})
