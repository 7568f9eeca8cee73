import { gzipSync } from 'node:zlib'
import type { Reaction } from '@quotakeeper/test-kit'
import { beforeAll, expect, test } from 'vitest'
import { errorOf, type Fixture, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

const mib = 1_048_576
/** Room for one answer of 3 MiB and its copies, and not for two. */
const environment = { QUOTA_GATEWAY_MEMORY_BYTES: String(20 * mib) }

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

function completionOf(content: string): Buffer {
  const message = { role: 'assistant', content }
  const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  return Buffer.from(
    JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }),
  )
}

const large = completionOf('x'.repeat(3 * mib))
const json = { 'content-type': 'application/json' }

interface Form {
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
  readonly isStream?: boolean
}

const forms: readonly (readonly [string, Form])[] = [
  ['with a length', { headers: { ...json, 'content-length': String(large.length) }, bytes: large }],
  ['without a length', { headers: json, bytes: large }],
  [
    'compressed to almost nothing',
    { headers: { ...json, 'content-encoding': 'gzip' }, bytes: gzipSync(large) },
  ],
  ['whole in place of a stream', { headers: json, bytes: large, isStream: true }],
]

/** A vendor's answer whose end is held back until released. */
function heldAnswer({ headers, bytes }: Form): {
  readonly reaction: Reaction
  /** Resolves when all but the end has left the vendor. */
  readonly isSent: Promise<void>
  readonly release: () => void
} {
  let release: () => void = () => undefined
  let sent: () => void = () => undefined
  const isSent = new Promise<void>(resolve => {
    sent = resolve
  })
  const released = new Promise<void>(resolve => {
    release = resolve
  })
  async function* pieces(): AsyncGenerator<Buffer> {
    yield bytes.subarray(0, -10)
    sent()
    await released
    yield bytes.subarray(-10)
  }
  return { reaction: { kind: 'pieces', headers, pieces: pieces() }, isSent, release }
}

function twoKeys(): Promise<Fixture> {
  return startFixture(api, { keys: { a: {}, b: {} }, environment })
}

test.each(forms)(
  'an answer %s takes of the memory of all calls: another that has no room is 503, and given back it has',
  async (_, form) => {
    await using fixture = await twoKeys()
    const held = heldAnswer({ headers: { ...json, 'content-length': String(large.length) }, bytes: large })
    fixture.vendor.respondWith(() => held.reaction)
    const first = fixture.ask()
    await held.isSent
    fixture.vendor.respondWith(() => ({ kind: 'pieces', headers: form.headers, pieces: [form.bytes] }))
    const ask = () => fixture.ask({ stream: form.isStream === true })
    let refused = await ask()
    // The first takes its memory as soon as its head has arrived.
    await expect
      .poll(async () => {
        if (refused.status !== 503) {
          await refused.arrayBuffer()
          refused = await ask()
        }
        return refused.status
      })
      .toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    // It was carried out and is paid: no other key is to be paid for the same.
    expect(refused.headers.get('x-quotakeeper-attempts')).toBe('1')
    const error = await errorOf(refused)
    expect(error).toMatchObject({ code: 'overloaded', type: 'server_error' })
    expect(error.message).toContain('QUOTA_GATEWAY_MEMORY_BYTES')
    // Small answers have room all the time.
    fixture.vendor.respondWith(null)
    expect((await fixture.ask()).status).toBe(200)
    held.release()
    const answered = await first
    expect(answered.status).toBe(200)
    expect(await answered.json()).toMatchObject({ choices: [{ message: { content: expect.any(String) } }] })
    fixture.vendor.respondWith(() => ({ kind: 'pieces', headers: form.headers, pieces: [form.bytes] }))
    await expect
      .poll(async () => {
        const again = await ask()
        await again.arrayBuffer()
        return again.status
      })
      .toBe(200)
  },
)

test('an answer that does not fit even alone is charged, not requested again, and the error states the remedy', async () => {
  await using fixture = await startFixture(api, { keys: { a: {} }, environment })
  const huge = completionOf('x'.repeat(8 * mib))
  const headers = { ...json, 'content-length': String(huge.length) }
  fixture.vendor.respondWith(() => ({ kind: 'pieces', headers, pieces: [huge] }))
  const response = await fixture.ask()
  expect(response.status).toBe(503)
  expect(response.headers.get('x-should-retry')).toBe('false')
  expect(response.headers.get('retry-after')).toBeNull()
  expect((await errorOf(response)).message).toMatch(
    /QUOTA_GATEWAY_MEMORY_BYTES, or use a stream, which needs less/,
  )
  expect(fixture.vendor.calls).toHaveLength(1)
  expect(await fixture.ledgerOf('a')).toMatchObject([{ requestCount: 1, outcome: 'failed', estimated: true }])
})

test('an answer whose values would exhaust memory is refused before it is parsed', async () => {
  await using fixture = await twoKeys()
  const list = Buffer.from(`{"object":"chat.completion","choices":[${'{},'.repeat(mib / 2)}{}]}`)
  fixture.vendor.respondWith(() => ({ kind: 'pieces', headers: json, pieces: [list] }))
  const response = await fixture.ask()
  expect(response.status).toBe(503)
  expect(response.headers.get('x-should-retry')).toBe('false')
  fixture.vendor.respondWith(null)
  expect((await fixture.ask()).status).toBe(200)
})

test('an error body without memory is classified by its status, and the next key is tried', async () => {
  const minimum = { QUOTA_GATEWAY_MEMORY_BYTES: String(mib) }
  await using fixture = await startFixture(api, {
    keys: { a: { priority: 1 }, b: { priority: 2 } },
    environment: minimum,
  })
  const complaint = { error: { message: 'x'.repeat(900_000), type: 'server_error' } }
  fixture.vendor.respondWith(({ apiKey }) =>
    apiKey === 'key-a' ? { kind: 'answer', httpStatus: 500, body: complaint } : { kind: 'complete' },
  )
  for (let times = 0; times < 4; times++) expect((await fixture.ask()).status).toBe(200)
  expect(fixture.vendor.calls.some(({ apiKey }) => apiKey === 'key-a')).toBe(true)
})

const events = { 'content-type': 'text/event-stream' }
const chunkOf = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content } }] })}\n\n`
const longEvent = Buffer.from(chunkOf('x'.repeat(3 * mib)))

test('a stream event counts towards the memory budget while it arrives, until its call has ended', async () => {
  const bytes = Buffer.concat([Buffer.from(chunkOf('Hello')), longEvent])
  for (let tries = 0; tries < 20; tries++) {
    await using fixture = await twoKeys()
    const held = heldAnswer({ headers: events, bytes })
    fixture.vendor.respondWith(() => held.reaction)
    const first = await fixture.ask({ stream: true })
    expect(first.status).toBe(200)
    await held.isSent
    const headers = { ...json, 'content-length': String(large.length) }
    fixture.vendor.respondWith(() => ({ kind: 'pieces', headers, pieces: [large] }))
    const status = async (): Promise<number> => {
      const response = await fixture.ask()
      await response.arrayBuffer()
      return response.status
    }
    const isRefused = (await status()) === 503
    held.release()
    const text = await first.text()
    // An answer that was served came before the event, which may then have been the one without memory.
    if (!isRefused) continue
    expect(text).toContain('x'.repeat(1_000))
    await expect.poll(status).toBe(200)
    return
  }
  throw new Error('no event took memory before it was complete')
})

test('an event without memory ends its stream with an error that states it, and is charged', async () => {
  await using fixture = await twoKeys()
  const huge = Buffer.from(chunkOf('x'.repeat(7 * mib)))
  const respondWith = (...pieces: Buffer[]) =>
    fixture.vendor.respondWith(() => ({ kind: 'pieces', headers: events, pieces }))
  respondWith(Buffer.from(chunkOf('Hello')), huge)
  const broken = await (await fixture.ask({ stream: true })).text()
  expect(broken).toContain('Hello')
  expect(broken).toContain('QUOTA_GATEWAY_MEMORY_BYTES')
  expect(broken.length).toBeLessThan(2_000)
  // It was carried out and is paid: no other key is to be paid for the same.
  respondWith(huge)
  const refused = await fixture.ask({ stream: true })
  expect(refused.status).toBe(503)
  expect(refused.headers.get('x-quotakeeper-attempts')).toBe('1')
  respondWith(Buffer.from(chunkOf('Hello')))
  expect((await fixture.ask({ stream: true })).status).toBe(200)
  expect(fixture.vendor.calls).toHaveLength(3)
})
