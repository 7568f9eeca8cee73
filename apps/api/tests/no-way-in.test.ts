import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { FailedAttempts } from '@quotakeeper/server-kit'
import { describe, expect, it } from 'vitest'
import { startTestApi, type TestApi } from './test-api.js'

const environment = { QUOTA_API_TOKEN: 'for-looking', QUOTA_ADMIN_TOKEN: 'for-changing' }

/** The answer to the head of a request whose body never arrives. */
async function answerToHead(api: TestApi, lines: readonly string[]): Promise<string> {
  const { port } = new URL(api.origin)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(
    [...lines, 'host: 127.0.0.1', 'content-type: application/json', 'content-length: 100', '', ''].join(
      '\r\n',
    ),
  )
  let text = ''
  socket.on('data', part => {
    text += part
  })
  await once(socket, 'end')
  socket.destroy()
  return text
}

describe('a caller without a token', () => {
  it.each([
    ['POST /trpc/usage.record', '"UNAUTHORIZED"'],
    ['POST /trpc/usage.record,quota.reserve?batch=1', '"UNAUTHORIZED"'],
    ['POST /api/v1/usage/record', '"title":"Unauthorized"'],
    ['PUT /api/v1/providers/groq_1', '"title":"Unauthorized"'],
  ])('who sends only the head of %s is answered at once', async (path, text) => {
    await using api = await startTestApi({ environment })
    const answer = await answerToHead(api, [`${path} HTTP/1.1`])
    expect(answer).toMatch(/^HTTP\/1\.1 401 .*www-authenticate: Bearer realm="quotakeeper"/s)
    expect(answer).toContain(text)
  })

  it('gets the same answer to a batch with or without its body', async () => {
    await using api = await startTestApi({ environment })
    const response = await api.sendJson('/trpc/usage.record,quota.reserve?batch=1', { 0: {}, 1: {} })
    expect(response.status).toBe(401)
    const unauthorized = { error: { data: { code: 'UNAUTHORIZED' } } }
    expect(await response.json()).toMatchObject([unauthorized, unauthorized])
  })
})

describe('a wrong token', () => {
  it('is answered with growing delay per address, and refused beyond a number of concurrent attempts', async () => {
    await using api = await startTestApi({ environment })
    const ask = (token: string) =>
      api.send('/trpc/stats.all', { headers: { authorization: `Bearer ${token}` } })
    const first = await Promise.all(Array.from({ length: 10 }, () => ask('wrong')))
    expect(first.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 401))
    // A busy machine answers the first before the last arrives; the delays grow until they overlap.
    let refused: Response | undefined
    for (let batch = 0; batch < 20 && refused === undefined; batch++) {
      const many = await Promise.all(Array.from({ length: 30 }, () => ask('wrong')))
      expect(many.map(({ status }) => status)).not.toContain(200)
      refused = many.find(({ status }) => status === 429)
    }
    expect(refused?.headers.get('retry-after')).toBe('2')
    // The right token is delayed but accepted.
    expect((await ask('for-looking')).status).toBe(200)
  })

  it('sent to sign in counts too', async () => {
    await using api = await startTestApi({ environment })
    const signIn = () => api.sendJson('/session', { token: 'wrong' })
    await Promise.all(Array.from({ length: 10 }, signIn))
    const many = await Promise.all(Array.from({ length: 30 }, signIn))
    expect(many.some(({ status }) => status === 429)).toBe(true)
  })

  it('waits with five at most of an address: all beyond them are refused at once', async () => {
    const attempts = new FailedAttempts(() => 0)
    for (let count = 0; count < 10; count++) await attempts.attempt('10.0.0.1', false)
    const taken = await Promise.all(Array.from({ length: 30 }, () => attempts.attempt('10.0.0.1', false)))
    expect(taken.filter(isTaken => !isTaken)).toHaveLength(25)
  })

  it('does not delay addresses that sent the right token before', async () => {
    const attempts = new FailedAttempts(() => 0)
    expect(await attempts.attempt('10.0.0.1', true)).toBe(true)
    const wrong = Array.from({ length: 30 }, () => attempts.attempt('10.0.0.1', false))
    expect(await Promise.race([attempts.attempt('10.0.0.1', true), Promise.all(wrong)])).toBe(true)
    await Promise.all(wrong)
  })

  it('expires after a time, and beyond a number of addresses the oldest is dropped', async () => {
    let nowMs = 0
    const attempts = new FailedAttempts(() => nowMs)
    const wrong = (address: string, count: number) =>
      Promise.all(Array.from({ length: count }, () => attempts.attempt(address, false)))
    await wrong('10.0.0.1', 10)
    expect(await wrong('10.0.0.1', 7)).toContain(false)
    nowMs = 600_001
    expect(await wrong('10.0.0.1', 9)).not.toContain(false)
    for (let index = 0; index < 10_001; index++) {
      // One network each: addresses of one network count as one.
      await attempts.attempt(`2001:db8:0:${index.toString(16)}::1`, false)
    }
    expect(await wrong('10.0.0.1', 9)).not.toContain(false)
  })
})

/** The status of a GET with exactly these headers; fetch would add others. */
async function statusOf(
  api: TestApi,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const sent = get(`${api.origin}${path}`, { agent: false, headers })
  const [response]: IncomingMessage[] = await once(sent, 'response')
  response?.destroy()
  return response?.statusCode ?? 0
}

describe('a request that another site makes a browser send', () => {
  const data = [
    '/trpc/stats.all',
    '/api/v1/usage/export?what=ledger',
    '/metrics',
    '/session',
    '/openapi.json',
  ]
  const page = ['/', '/usage', '/providers/groq_1']

  it.each([
    ['an image', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a script of another port', { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'script' }],
    ['a stream of events', { origin: 'https://evil.example', accept: 'text/event-stream' }],
    ['a sandboxed frame', { origin: 'null' }],
    [
      'a link',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ],
  ])('is refused: %s', async (_, headers) => {
    await using api = await startTestApi()
    for (const path of [...data, '/trpc/alerts.stream'])
      expect(await statusOf(api, path, headers), path).toBe(403)
  })

  it('may open the dashboard by a link, and nothing else', async () => {
    await using api = await startTestApi()
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    }
    const frame = { ...link, 'sec-fetch-dest': 'iframe' }
    const image = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
    for (const path of page) {
      expect(await statusOf(api, path, link), path).not.toBe(403)
      expect(await statusOf(api, path, frame), path).toBe(403)
      expect(await statusOf(api, path, image), path).toBe(403)
    }
  })

  it('does not affect scripts, Prometheus or the dashboard itself', async () => {
    await using api = await startTestApi()
    for (const headers of [
      {},
      { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
      { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      { origin: api.origin },
    ] as readonly Readonly<Record<string, string>>[]) {
      for (const path of data) expect(await statusOf(api, path, headers), path).toBe(200)
    }
  })
})

it('every answer forbids sniffing, caching and cross-origin use', async () => {
  await using api = await startTestApi()
  const asked: readonly (readonly [string, RequestInit?])[] = [
    ['/trpc/stats.all'],
    ['/trpc/stats.all', { headers: { 'trpc-accept': 'application/jsonl' } }],
    ['/api/v1/usage/export?what=ledger'],
    ['/nothing'],
    ['/trpc/stats.all', { headers: { 'sec-fetch-site': 'cross-site' } }],
    ['/api/v1/usage/record', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }],
    ['/'],
  ]
  for (const [path, init] of asked) {
    const { headers } = await api.send(path, init)
    expect(
      [
        'cache-control',
        'x-content-type-options',
        'cross-origin-resource-policy',
        'cross-origin-opener-policy',
      ].map(name => headers.get(name)),
      path,
    ).toEqual(['no-store', 'nosniff', 'same-origin', 'same-origin'])
  }
})

describe('an unknown procedure', () => {
  it.each([
    ['HEAD', '/trpc/stats.all', 404],
    ['HEAD', '/trpc/usage.record', 404],
    ['HEAD', '/api/v1/usage/export?what=ledger', 405],
    ['GET', '/api/v1/usage/history?from=0000-01-01&to=2026-01-01', 400],
    ['GET', '/api/v1/usage/summary?from=0000-12-31&to=0000-12-31&groupBy=day', 400],
    ['GET', '/api/v1/usage/export?what=ledger&from=0000-01-01&to=2026-01-01', 400],
    ['GET', '/api/v1/usage/history?from=10000-01-01&to=10000-01-01', 400],
    ['GET', '/api/v1/requests?from=0000-01-01T00:00:00Z', 400],
    ['GET', '/api/v1/usage/history?from=-000001-01-01&to=2026-01-01', 400],
    ['POST', '/api/v1/usage/record', 400],
  ])('is not a server error: %s %s', async (method, path, status) => {
    await using api = await startTestApi()
    const body = JSON.stringify({ providerName: 'groq_1', occurredAt: '0000-01-01T00:00:00Z' })
    const headers = { 'content-type': 'application/json' }
    const response = await api.send(path, method === 'POST' ? { method, body, headers } : { method })
    expect(response.status).toBe(status)
  })
})
