import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { startTestApi, type TestApi } from './test-api.js'

const token = 'planted-gateway-token'

/** An API whose gateway answers by the listener. */
async function startWith(listener: RequestListener): Promise<TestApi> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // An address of TCP, since it listens on a port.
  const { port } = server.address() as AddressInfo
  const environment = { QUOTA_GATEWAY_URL: `http://127.0.0.1:${port}`, QUOTA_GATEWAY_TOKEN: token }
  const api = await startTestApi({ environment })
  return {
    ...api,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await api[Symbol.asyncDispose]()
    },
  }
}

const listOf = (id: string): string => JSON.stringify({ data: [{ id }] })

test.each([
  [401, 'set QUOTA_GATEWAY_TOKEN for both to the same'],
  [421, 'add it to QUOTA_GATEWAY_ALLOWED_HOSTS'],
  [302, 'does not answer'],
  [404, 'answers 404'],
  [503, 'answers 503'],
])('a gateway that answers %s is reported with what to do, and its token never', async (status, remedy) => {
  await using api = await startWith((_request, response) => {
    response.writeHead(status, { location: 'http://127.0.0.1:9/' }).end('{}')
  })
  const { fault } = await api.client.gateway.get.query()
  expect(fault).toContain(remedy)
  await expect(api.client.gateway.models.query()).rejects.toMatchObject({
    message: expect.stringContaining(remedy),
    data: { code: 'BAD_GATEWAY', httpStatus: 502 },
  })
  expect(JSON.stringify([fault, api.logged])).not.toContain(token)
})

test('an answer longer than 4 MiB is not read, one of 4 MiB is', async () => {
  const maxBytes = 4_194_304
  let excess = 0
  await using api = await startWith((_request, response) => {
    response.end(listOf('x'.repeat(maxBytes - listOf('').length + excess)))
  })
  expect((await api.client.gateway.models.query()).models).toHaveLength(1)
  excess = 1
  await expect(api.client.gateway.models.query()).rejects.toThrow(/does not answer/)
  expect(JSON.stringify(api.logged)).toContain('longer than 4194304 bytes')
})

test('at most 1,000 models are answered', async () => {
  const data = Array.from({ length: 1_001 }, (_, index) => ({ id: `model-${index}` }))
  await using api = await startWith((_request, response) => {
    response.end(JSON.stringify({ data }))
  })
  expect((await api.client.gateway.models.query()).models).toHaveLength(1_000)
})

test('at most 16 requests are made at once, and an ended one makes room', async () => {
  const waiting: (() => void)[] = []
  await using api = await startWith((_request, response) => {
    waiting.push(() => response.end(listOf('a')))
  })
  const ask = () => api.client.gateway.models.query()
  const running = Array.from({ length: 16 }, ask)
  await expect.poll(() => waiting.length).toBe(16)
  await expect(ask()).rejects.toMatchObject({ data: { code: 'TOO_MANY_REQUESTS' } })
  for (const answer of waiting.splice(0)) answer()
  await Promise.all(running)
  const next = ask()
  await expect.poll(() => waiting.length).toBe(1)
  waiting[0]?.()
  expect(await next).toEqual({ models: ['a'] })
})

test('a caller that has gone ends its request, which is no fault of the gateway', async () => {
  let isClosed = false
  let isAsked = false
  await using api = await startWith((_request, response) => {
    isAsked = true
    response.once('close', () => {
      isClosed = true
    })
  })
  const leaving = new AbortController()
  const asked = api.client.gateway.models.query(undefined, { signal: leaving.signal })
  await expect.poll(() => isAsked).toBe(true)
  leaving.abort()
  await expect(asked).rejects.toThrow()
  await expect.poll(() => isClosed).toBe(true)
  expect(JSON.stringify(api.logged)).not.toContain('the gateway does not answer')
})
