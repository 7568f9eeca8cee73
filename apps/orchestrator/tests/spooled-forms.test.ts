import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { request, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI, { toFile } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorOf, type Fixture, startFixture } from './fixture.js'
import { type RecordedVendor, startRecordedVendor } from './recorded-vendor.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
let vendor: RecordedVendor
let folder: string
beforeAll(async () => {
  api = await sharedTestApi()
  folder = await mkdtemp(join(tmpdir(), 'spool-test-'))
  vendor = await startRecordedVendor((_, response) => {
    response.setHeader('content-type', 'application/json').end('{"text":"hello"}')
  })
})
afterAll(async () => {
  await vendor[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const mebibyte = 1_048_576

function fixtureOf(environment: Record<string, string> = {}): Promise<Fixture> {
  const { baseUrl } = vendor
  return startFixture(api, {
    keys: { a: { baseUrl }, b: { baseUrl } },
    environment: { QUOTA_GATEWAY_SPOOL_DIRECTORY: folder, ...environment },
  })
}

/** Audio that contains form syntax, except the boundary. */
function soundOf(bytes: number): Buffer {
  const odd = Buffer.from(
    '\r\n--not-it\r\nContent-Disposition: form-data; name="model"\r\n\r\nfake\r\n--not-it--\r\n',
  )
  return Buffer.concat([odd, Buffer.alloc(bytes, 0xf7), odd])
}

function formOf(parts: readonly (readonly [string, string | Buffer])[]): Buffer {
  const written = parts.flatMap(([name, value]) => [
    Buffer.from(`--mark\r\nContent-Disposition: form-data; name="${name}"`),
    Buffer.from(
      Buffer.isBuffer(value) ? '; filename="a.mp3"\r\nContent-Type: audio/mpeg\r\n\r\n' : '\r\n\r\n',
    ),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...written, Buffer.from('--mark--\r\n')])
}

function send(
  fixture: Fixture,
  body: Buffer | ReadableStream,
  path = '/v1/audio/transcriptions',
  type = 'multipart/form-data; boundary=mark',
): Promise<Response> {
  const init = { method: 'POST', headers: { 'content-type': type }, body, duplex: 'half' as const }
  return fetch(fixture.origin + path, init)
}

test.each([10, mebibyte - 200, mebibyte, 5 * mebibyte])(
  'a form with a sound of %i bytes reaches each key with the same bytes',
  async bytes => {
    await using fixture = await fixtureOf()
    const form = formOf([
      ['file', soundOf(bytes)],
      ['model', fixture.model],
      ['language', 'en'],
    ])
    vendor.next.push((_, response) => {
      response.writeHead(500).end('{"error":{"message":"oops"}}')
    })
    const calls = vendor.calls.length
    const response = await send(fixture, form)
    expect([response.status, await response.json()]).toEqual([200, { text: 'hello' }])
    const [first, second] = vendor.calls.slice(calls)
    expect(first?.body.equals(form)).toBe(true)
    expect(second?.body.equals(form)).toBe(true)
    expect(second?.headers['content-length']).toBe(String(form.length))
    expect(first?.headers.authorization).not.toBe(second?.headers.authorization)
  },
)

test.each([
  ['behind a large file', 3 * mebibyte, ['file', 'model', 'language']],
  ['before it', 3 * mebibyte, ['model', 'file', 'language']],
  ['in memory', 100, ['file', 'model']],
])('a pinned model %s is replaced, and nothing else', async (_, bytes, order) => {
  await using fixture = await fixtureOf()
  const parts = (model: string) =>
    order.map(name => [name, name === 'file' ? soundOf(bytes) : name === 'model' ? model : 'en'] as const)
  const response = await send(fixture, formOf(parts(`${fixture.nameOf('b')}/${fixture.model}`)))
  expect(response.status).toBe(200)
  expect(vendor.calls.at(-1)?.body.equals(formOf(parts(fixture.model)))).toBe(true)
})

test('the model in Azure’s path is added to a form that names none', async () => {
  await using fixture = await fixtureOf()
  const path = `/openai/deployments/${fixture.model}/audio/transcriptions?api-version=1`
  const response = await send(fixture, formOf([['file', soundOf(10)]]), path)
  expect(response.status).toBe(200)
  const expected = formOf([
    ['model', fixture.model],
    ['file', soundOf(10)],
  ])
  expect(vendor.calls.at(-1)?.body.equals(expected)).toBe(true)
})

test('while a form is in flight its file is unlinked, and nothing is left behind', async () => {
  const fixture = await fixtureOf()
  const silent: (() => void)[] = []
  vendor.next.push((_, response) => {
    silent.push(() => response.setHeader('content-type', 'application/json').end('{"text":"late"}'))
  })
  const asking = send(
    fixture,
    formOf([
      ['file', soundOf(3 * mebibyte)],
      ['model', fixture.model],
    ]),
  )
  await expect.poll(() => silent.length).toBe(1)
  const [own] = await readdir(folder)
  expect(own).toMatch(new RegExp(`-${process.pid}-`))
  expect(await readdir(join(folder, own ?? ''))).toEqual([])
  silent[0]?.()
  expect(await (await asking).json()).toEqual({ text: 'late' })
  await fixture[Symbol.asyncDispose]()
  expect(await readdir(folder)).toEqual([])
})

test('files of a killed process are removed at start, and those of a running one are not', async () => {
  const host = hostname()
    .replaceAll(/[^\w.]/g, '_')
    .slice(0, 100)
  const id = '00000000-0000-4000-8000-000000000000'
  const dead = join(folder, `quotakeeper-spool-${host}-4194305-${id}`)
  const alive = join(folder, `quotakeeper-spool-${host}-${process.ppid}-${id}`)
  const foreign = join(folder, `quotakeeper-spool-elsewhere-4194305-${id}`)
  for (const path of [dead, alive, foreign]) {
    await mkdir(path)
    await writeFile(join(path, 'left'), 'secret')
  }
  await using _ = await fixtureOf()
  const left = await readdir(folder)
  expect(left.some(name => name.includes('-4194305-') && name.includes(host))).toBe(false)
  expect(left.filter(name => name.endsWith(id)).length).toBe(2)
  for (const path of [alive, foreign]) await rm(path, { recursive: true })
})

test('each form is bounded, by its declared length or as it arrives', async () => {
  await using fixture = await fixtureOf({ QUOTA_GATEWAY_MAX_FILE_BYTES: '100000' })
  const form = formOf([
    ['file', soundOf(200_000)],
    ['model', fixture.model],
  ])
  const chunked = new ReadableStream({
    start: controller => {
      controller.enqueue(form)
      controller.close()
    },
  })
  const calls = vendor.calls.length
  for (const body of [form, chunked]) {
    const response = await send(fixture, body)
    expect(response.status).toBe(413)
    expect((await errorOf(response)).message).toContain('QUOTA_GATEWAY_MAX_FILE_BYTES')
  }
  expect(vendor.calls.length).toBe(calls)
  const small = formOf([
    ['file', soundOf(90_000)],
    ['model', fixture.model],
  ])
  expect((await send(fixture, small)).status).toBe(200)
})

test('all forms together are bounded, and their space is freed when their calls end', async () => {
  await using fixture = await fixtureOf({ QUOTA_GATEWAY_SPOOL_BYTES: String(4 * mebibyte) })
  const form = formOf([
    ['file', soundOf(3 * mebibyte)],
    ['model', fixture.model],
  ])
  const silent: (() => void)[] = []
  vendor.next.push((_, response) => {
    silent.push(() => response.setHeader('content-type', 'application/json').end('{"text":"late"}'))
  })
  const asking = send(fixture, form)
  await expect.poll(() => silent.length).toBe(1)
  const refused = await send(fixture, form)
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).not.toBeNull()
  expect((await errorOf(refused)).message).toContain('QUOTA_GATEWAY_SPOOL_BYTES')
  silent[0]?.()
  expect((await asking).status).toBe(200)
  await expect.poll(async () => (await send(fixture, form)).status).toBe(200)
})

test('without memory for a form, all of it is on disk', async () => {
  await using fixture = await fixtureOf({ QUOTA_GATEWAY_MEMORY_BYTES: String(mebibyte) })
  const form = formOf([
    ['file', soundOf(mebibyte - 2_000)],
    ['model', fixture.model],
  ])
  const silent: (() => void)[] = []
  const hold = (_: unknown, response: ServerResponse): void => {
    silent.push(() => response.setHeader('content-type', 'application/json').end('{"text":"late"}'))
  }
  vendor.next.push(hold, hold, hold)
  const calls = vendor.calls.length
  const asking = Array.from({ length: 3 }, () => send(fixture, form))
  await expect.poll(() => silent.length).toBe(3)
  for (const finish of silent) finish()
  expect((await Promise.all(asking)).map(({ status }) => status)).toEqual([200, 200, 200])
  for (const { body } of vendor.calls.slice(calls)) expect(body.equals(form)).toBe(true)
})

test('a client that disconnects while sending leaves nothing behind', async () => {
  await using fixture = await fixtureOf({ QUOTA_GATEWAY_SPOOL_BYTES: String(4 * mebibyte) })
  const form = formOf([
    ['file', soundOf(3 * mebibyte)],
    ['model', fixture.model],
  ])
  const { port, host } = new URL(fixture.origin)
  const head = `POST /v1/audio/transcriptions HTTP/1.1\r\nHost: ${host}\r\nContent-Type: multipart/form-data; boundary=mark\r\nContent-Length: ${form.length}\r\n\r\n`
  for (let times = 0; times < 3; times++) {
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined)
    socket.write(Buffer.concat([Buffer.from(head), form.subarray(0, -9)]))
    await once(socket, 'drain')
    socket.destroy()
  }
  // On a connection of its own: fetch keeps one that was refused in mid-body until the gateway closes it, after 72 s.
  const sendAlone = (): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'multipart/form-data; boundary=mark', 'content-length': form.length }
      const options = { method: 'POST', headers, agent: false } as const
      const call = request(`${fixture.origin}/v1/audio/transcriptions`, options, response => {
        resolve(response.statusCode)
        response.resume()
      })
      call.once('error', reject).end(form)
    })
  await expect.poll(sendAlone).toBe(200)
})

test.each([
  ['no boundary', 'multipart/form-data', formOf([['model', 'm']]), 'invalid_form'],
  ['another boundary', 'multipart/form-data; boundary=other', formOf([['model', 'm']]), null],
  ['an end that is missing', undefined, formOf([['model', 'm']]).subarray(0, -10), 'invalid_form'],
  ['nothing', undefined, Buffer.alloc(0), null],
  ['no model', undefined, formOf([['file', soundOf(5)]]), 'missing_model'],
  ['an empty model', undefined, formOf([['model', '']]), 'missing_model'],
  [
    'two models',
    undefined,
    formOf([
      ['model', 'a'],
      ['model', 'b'],
    ]),
    'invalid_model',
  ],
  ['a model that is a file', undefined, formOf([['model', Buffer.from('m')]]), 'missing_model'],
])('a form with %s is refused before a key is called', async (_, type, body, code) => {
  await using fixture = await fixtureOf()
  const calls = vendor.calls.length
  const response = await send(fixture, body, undefined, type)
  expect(response.status).toBeGreaterThanOrEqual(400)
  expect(response.status).toBeLessThan(500)
  const error = await errorOf(response)
  if (code !== null) expect(error.code).toBe(code)
  expect(vendor.calls.length).toBe(calls)
})

test("OpenAI's client transcribes, translates and edits at two keys of which one is spent", async () => {
  const { baseUrl } = vendor
  await using fixture = await startFixture(api, {
    keys: { a: { baseUrl, limits: [{ metric: 'requests', window: 'day', max: 0 }] }, b: { baseUrl } },
  })
  const client = new OpenAI({ baseURL: `${fixture.origin}/v1`, apiKey: 'unused', maxRetries: 0 })
  const file = await toFile(soundOf(2 * mebibyte), 'speech.mp3')
  const { model } = fixture
  expect((await client.audio.transcriptions.create({ file, model })).text).toBe('hello')
  expect((await client.audio.translations.create({ file, model })).text).toBe('hello')
  vendor.next.push((_, response) => {
    response.setHeader('content-type', 'application/json').end('{"created":1,"data":[{"b64_json":"aGk="}]}')
  })
  const image = await toFile(soundOf(100), 'a.png', { type: 'image/png' })
  expect((await client.images.edit({ image, model, prompt: 'a hat' })).data?.[0]?.b64_json).toBe('aGk=')
  expect(vendor.calls.at(-1)?.headers.authorization).toBe('Bearer key-b')
})
