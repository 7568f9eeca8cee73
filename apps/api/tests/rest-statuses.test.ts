import { createServer, request as openRequest, type Server } from 'node:http'
import { createApiDatabase, freePort, isThorough } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { exportRoute } from '../src/server/export/export-route.js'
import { exampleCalls } from '../src/server/rest/example-calls.js'
import { exampleRequest } from '../src/server/rest/example-request.js'
import { openApiDocument } from '../src/server/rest/openapi.js'
import { restRoutes } from '../src/server/rest/rest-routes.js'
import { makeFolder, startApiInstance } from './api-process.js'

interface Answer {
  readonly content: Readonly<Record<string, unknown>>
}

// Our own document, whose structure these tests check.
const document = openApiDocument('1.0.0', '/api/v1') as {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { operationId: string; responses: Readonly<Record<string, Answer>> }>>
    >
  >
}
const documented = new Map(
  Object.values(document.paths)
    .flatMap(item => Object.values(item))
    .map(({ operationId, responses }) => [operationId, responses]),
)
const routes = [...restRoutes, exportRoute]
const problemSchema = z.looseObject({
  ...{ type: z.string(), title: z.string(), status: z.number(), detail: z.string().min(1) },
})

/** Checks that an operation's answer has a documented status, and an error the documented form. */
async function expectDocumented(procedure: string, response: Response): Promise<number> {
  const { status } = response
  const text = await response.text()
  const answer = documented.get(procedure)?.[String(status)]
  expect([procedure, status, answer === undefined ? text : 'documented']).toEqual([
    procedure,
    status,
    'documented',
  ])
  if (status === 200) return status
  const mediaType = response.headers.get('content-type')?.split(';')[0] ?? ''
  expect([procedure, status, Object.keys(answer?.content ?? {})]).toEqual([procedure, status, [mediaType]])
  expect(problemSchema.parse(JSON.parse(text)).status).toBe(status)
  return status
}

interface Sent {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

/** Ways in which a request can be wrong, each as it is sent for every operation. */
const wrongWays: Readonly<Record<string, (right: Sent) => Sent | null>> = {
  'as it is': right => right,
  'with an unknown field': ({ body, url, ...right }) =>
    body === undefined
      ? { ...right, url: `${url}${url.includes('?') ? '&' : '?'}unknown=1` }
      : { ...right, url, body: JSON.stringify({ ...JSON.parse(body), unknown: 1 }) },
  'with half a body': ({ body, ...right }) => (body === undefined ? null : { ...right, body: '{"half":' }),
  'with a body of text': ({ body, ...right }) =>
    body === undefined ? null : { ...right, body, headers: { 'content-type': 'text/plain' } },
  'with a wrong token': right => ({
    ...right,
    headers: { ...right.headers, authorization: 'Bearer nobody' },
  }),
  'from another site': right => ({ ...right, headers: { ...right.headers, 'sec-fetch-site': 'cross-site' } }),
}

test('whatever is wrong with a request, its status is documented for the operation', async () => {
  await using folder = await makeFolder()
  const database = await createApiDatabase()
  const environment = { QUOTA_DATABASE_URL: database.url, QUOTA_GATEWAY_PORT: String(await freePort()) }
  await using api = await startApiInstance(folder, {
    ...environment,
    QUOTA_API_TOKEN: 'a'.repeat(32),
    QUOTA_ADMIN_TOKEN: 'b'.repeat(32),
  })
  const seen = new Map<string, Set<number>>()
  const unknown = { procedure: 'providers.get', input: { name: 'nobody' } }
  // Before a gateway has offered a key to seal with.
  const early = exampleCalls.filter(({ procedure }) => procedure === 'keys.enter')
  for (const [way, wrong] of Object.values(wrongWays).entries()) {
    for (const [index, { procedure, input }] of [...early, unknown, ...exampleCalls].entries()) {
      // In `test` each operation right, and wrong in one of the ways.
      if (!isThorough && way > 0 && index % 5 !== way - 1) continue
      const route = routes.find(other => other.procedure === procedure)
      if (route === undefined) throw new Error(`${procedure} has no route`)
      const { method, path, body } = exampleRequest(route, input)
      const url = `${api.origin}/api/v1${path}`
      const headers = { authorization: `Bearer ${'b'.repeat(32)}`, 'content-type': 'application/json' }
      const sent = wrong({ method, url, headers, body: body === null ? undefined : JSON.stringify(body) })
      if (sent === null) continue
      const { url: to, body: content, ...request } = sent
      const response = await fetch(to, { ...request, ...(content === undefined ? {} : { body: content }) })
      const status = await expectDocumented(procedure, response)
      seen.set(procedure, (seen.get(procedure) ?? new Set()).add(status))
    }
  }
  const all = new Set([...seen.values()].flatMap(statuses => [...statuses]))
  expect([200, 400, 401, 403, 404, 412, 415, 502].filter(status => !all.has(status))).toEqual([])
  for (const procedure of ['gateway.models', 'gateway.chat', 'keys.check'])
    expect([procedure, seen.get(procedure)?.has(502)]).toEqual([procedure, true])
  await api[Symbol.asyncDispose]()
  await database.drop()
})

test('a denied call is answered 429, and calls during a failure of the database 503, as documented', async () => {
  await using folder = await makeFolder()
  const database = await createApiDatabase()
  await using api = await startApiInstance(folder, { QUOTA_DATABASE_URL: database.url })
  const limits = [{ metric: 'requests', window: 'day', max: 0 }] as const
  await api.client.providers.upsert.mutate({ name: 'spent', vendor: 'groq', limits: [...limits] })
  const post = (path: string, body: object) =>
    fetch(`${api.origin}/api/v1${path}`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify(body),
    })
  expect(
    await expectDocumented('quota.reserve', await post('/quota/reserve', { providerName: 'spent' })),
  ).toBe(429)
  await database.drop()
  expect(
    await expectDocumented('quota.reserve', await post('/quota/reserve', { providerName: 'spent' })),
  ).toBe(503)
})

/** The answer to a request that announces a body of this size, before any of it is sent. */
function announceBody(url: string, method: string, byteCount: number): Promise<Response> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': byteCount }
    const announced = openRequest(url, { method, headers }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      answer.once('end', () => {
        const type = answer.headers['content-type'] ?? ''
        resolve(new Response(text, { status: answer.statusCode ?? 0, headers: { 'content-type': type } }))
        announced.destroy()
      })
    })
    announced.once('error', reject)
    announced.flushHeaders()
  })
}

test('a body of more than a mebibyte is refused with 413 by each operation that takes one', async () => {
  await using folder = await makeFolder()
  const database = await createApiDatabase()
  await using api = await startApiInstance(folder, { QUOTA_DATABASE_URL: database.url })
  const withBody = routes.filter(({ method }) => method === 'POST' || method === 'PUT')
  expect(withBody.length).toBeGreaterThan(20)
  for (const { procedure, method, path } of withBody) {
    const url = `${api.origin}/api/v1${path.replaceAll(/\{\w+\}/g, 'x')}`
    expect(await expectDocumented(procedure, await announceBody(url, method, 1_048_577))).toBe(413)
  }
  await api[Symbol.asyncDispose]()
  await database.drop()
})

/** A gateway whose call never ends; resolves once its client has hung up. */
async function startSlowGateway(
  port: number,
): Promise<{ readonly server: Server; readonly called: Promise<void>; readonly ended: Promise<void> }> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const exchange = new Promise<{ readonly ended: Promise<void> }>(resolve => {
    server.once('request', (request, response) => {
      request.resume()
      resolve({ ended: new Promise(hungUp => response.once('close', hungUp)) })
    })
  })
  return { server, called: exchange.then(() => undefined), ended: exchange.then(({ ended }) => ended) }
}

test('a call by REST ends at the gateway when its caller hangs up', async () => {
  await using folder = await makeFolder()
  const database = await createApiDatabase()
  const port = await freePort()
  const gateway = await startSlowGateway(port)
  await using api = await startApiInstance(folder, {
    QUOTA_DATABASE_URL: database.url,
    QUOTA_GATEWAY_PORT: String(port),
  })
  const controller = new AbortController()
  const answer = fetch(`${api.origin}/api/v1/gateway/calls`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ model: 'm', prompt: 'Hi' }),
    signal: controller.signal,
  })
  await gateway.called
  controller.abort()
  await expect(answer).rejects.toThrow(/abort/)
  await gateway.ended
  gateway.server.close()
  await api[Symbol.asyncDispose]()
  await database.drop()
})
