import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fixture, type FixtureKey, startFixture } from './fixture.js'
import { type RecordedVendor, startRecordedVendor } from './recorded-vendor.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
let vendor: RecordedVendor
beforeAll(async () => {
  api = await sharedTestApi()
  vendor = await startRecordedVendor((_, response) => {
    response.setHeader('content-type', 'application/json').end('{"text":"hello"}')
  })
})
afterAll(async () => {
  await vendor[Symbol.asyncDispose]()
})

function secondsPerHour(max: number): Required<Pick<FixtureKey, 'limits'>> {
  return { limits: [{ metric: 'audioSeconds', window: 'rolling-1h', max }] }
}

/** A WAV of 8,000 bytes a second. */
async function sound(seconds: number): Promise<File> {
  const head = Buffer.alloc(44)
  const bytes = seconds * 8_000
  head.write('RIFF____WAVEfmt ', 0)
  head.writeUInt32LE(36 + bytes, 4)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8_000, 24)
  head.writeUInt32LE(8_000, 28)
  head.writeUInt16LE(1, 32)
  head.writeUInt16LE(8, 34)
  head.write('data', 36)
  head.writeUInt32LE(bytes, 40)
  return await toFile(Buffer.concat([head, Buffer.alloc(bytes, 0x80)]), 'a.wav')
}

function clientOf({ origin }: Fixture): OpenAI {
  return new OpenAI({ baseURL: `${origin}/v1`, apiKey: 'unused', maxRetries: 0 })
}

/** Has the vendor answer the next call so. */
function answer(body: object, status = 200): void {
  vendor.next.push((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
}

test('a sound takes its seconds of a limit, a key without room for it is passed over, and a denial names the limit', async () => {
  const { baseUrl } = vendor
  await using fixture = await startFixture(api, {
    keys: {
      a: { baseUrl, priority: 1, ...secondsPerHour(20) },
      b: { baseUrl, priority: 2, ...secondsPerHour(13) },
    },
  })
  const client = clientOf(fixture)
  const { model } = fixture
  const transcribe = async () => await client.audio.transcriptions.create({ file: await sound(12.4), model })
  expect((await transcribe()).text).toBe('hello')
  expect((await transcribe()).text).toBe('hello')
  await expect(transcribe()).rejects.toMatchObject({
    status: 429,
    message: expect.stringMatching(/a: audioSeconds\/rolling-1h has no room/),
  })
  const charged = { requestCount: 1, audioSecondCount: 13, inputTokenCount: 0, estimated: false }
  expect(await fixture.ledgerOf('a')).toMatchObject([charged])
  expect(await fixture.ledgerOf('b')).toMatchObject([charged])
})

test.each([
  ['usage.seconds', { text: 'hi', usage: { type: 'duration', seconds: 7 } }, 7],
  ['duration of the verbose form', { text: 'hi', duration: 6.2, segments: [] }, 7],
  ['duration as a numeral', { text: 'hi', duration: '6.2', segments: [] }, 7],
  ['a duration of 0, which no sound has', { text: 'hi', duration: 0 }, 5],
])('what a vendor reports counts: %s', async (_, body, seconds) => {
  const { baseUrl } = vendor
  await using fixture = await startFixture(api, { keys: { a: { baseUrl } } })
  answer(body)
  await clientOf(fixture).audio.transcriptions.create({ file: await sound(5), model: fixture.model })
  expect(await fixture.ledgerOf('a')).toMatchObject([{ audioSecondCount: seconds, estimated: false }])
})

test('a sound that says nothing of its length counts by its size, as an estimate', async () => {
  const { baseUrl } = vendor
  await using fixture = await startFixture(api, { keys: { a: { baseUrl } } })
  const file = await toFile(Buffer.alloc(40_000, 1), 'a.webm')
  await clientOf(fixture).audio.transcriptions.create({ file, model: fixture.model })
  expect(await fixture.ledgerOf('a')).toMatchObject([{ audioSecondCount: 10, estimated: true }])
})

test('a sound that a vendor refuses, or that never arrives, takes nothing', async () => {
  const { baseUrl } = vendor
  await using fixture = await startFixture(api, { keys: { a: { baseUrl, ...secondsPerHour(5) } } })
  const client = clientOf(fixture)
  const { model } = fixture
  const transcribe = async () => await client.audio.transcriptions.create({ file: await sound(5), model })
  answer({ error: { message: 'this is no sound', type: 'invalid_request_error' } }, 400)
  await expect(transcribe()).rejects.toMatchObject({ status: 400 })
  const left = async () =>
    (await api.client.stats.get.query({ providerName: fixture.nameOf('a') })).limits[0]?.remaining
  // Settled behind the answer.
  await expect.poll(left).toBe(5)
  expect((await transcribe()).text).toBe('hello')
  const rows = await fixture.ledgerOf('a')
  expect(rows.map(({ audioSecondCount }) => audioSecondCount)).toEqual([0, 5])
})
