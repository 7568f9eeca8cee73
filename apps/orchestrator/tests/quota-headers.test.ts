import { createServer } from 'node:http'
import { isThorough } from '@quotakeeper/test-kit'
import { quotaHeaders, vendorNames } from '@quotakeeper/vendors'
import { beforeAll, expect, test } from 'vitest'
import { startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

/** Possible headers of a vendor: a limit of 1,000 with 400 left, reset in 50 s. */
function textFor(name: string): string {
  if (name === 'date') return new Date().toUTCString()
  if (name === 'ratelimit') return '"default";r=400;t=50'
  if (name === 'ratelimit-policy') return '"default";q=1000;w=60'
  if (name.includes('remaining')) return '400'
  if (!name.includes('reset')) return '1000'
  return name.startsWith('anthropic') ? new Date(Date.now() + 50_000).toISOString() : '50'
}

/** A proxy to the API that records every call and passes it on unchanged. */
async function startEavesdropper(target: string) {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    bodies.push(body.toString())
    const { method = 'GET', url = '' } = request
    const answer = await fetch(`${target}${url}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'GET' ? {} : { body }),
    })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  await new Promise<void>(resolve => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP server without a port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    bodies,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const headersOf = (vendor: (typeof vendorNames)[number]): string =>
  [...quotaHeaders(vendor)].toSorted().join()

/** In `test` one vendor of those that tell of quotas in the same headers. */
const vendors = vendorNames.filter(
  (vendor, slot) =>
    isThorough || vendorNames.findIndex(other => headersOf(other) === headersOf(vendor)) === slot,
)

test.each(vendors)('what %s tells of quotas in headers reaches the API, and nothing else', async vendor => {
  await using between = await startEavesdropper(api.origin)
  await using fixture = await startFixture(api, {
    keys: { called: { vendor }, observed: { vendor } },
    environment: { QUOTA_API_URL: between.origin },
  })
  const headers = Object.fromEntries([...quotaHeaders(vendor)].map(name => [name, textFor(name)]))
  const secret = { 'set-cookie': 'session=secret', 'openai-organization': 'secret' }
  fixture.vendor.respondWith(() => ({ kind: 'complete', headers: { ...headers, ...secret } }))
  const [called, observed] = [fixture.nameOf('called'), fixture.nameOf('observed')]
  expect((await fixture.ask({ model: `${called}/${fixture.model}` })).status).toBe(200)
  await fixture.ledgerOf('called')
  // All of it arrived unchanged.
  const settlement = between.bodies.find(body => body.includes('"signals"')) ?? ''
  const input: { signals: { headers: unknown } } = JSON.parse(settlement)[0]
  expect(input.signals.headers).toEqual(headers)
  expect(settlement).not.toContain('secret')
  // And was learned like from a direct report of the same headers.
  await api.client.signals.observe.mutate({
    providerName: observed,
    model: fixture.model,
    httpStatus: 200,
    headers,
  })
  const learned = async (providerName: string) => {
    const { limits } = await api.client.stats.get.query({ providerName })
    return limits.map(({ id, max }) => ({ id, max }))
  }
  expect(await learned(called)).toEqual(await learned(observed))
})

const learnedLimits: readonly (readonly [string, readonly string[]])[] = [
  ['cohere', ['requests/minute', 'requests/month']],
  ['anthropic', ['inputTokens/rolling-60s', 'requests/rolling-60s']],
  ['mistral', ['tokens/month']],
]

test.each(learnedLimits)(
  'limits that %s alone tells of so are learned through the gateway',
  async (vendor, ids) => {
    await using fixture = await startFixture(api, { keys: { a: { vendor } } })
    // Without resets: a month that ends within minutes does not match ours and is not learned.
    const names = [...quotaHeaders(vendor)].filter(name => !name.includes('reset'))
    const headers = Object.fromEntries(names.map(name => [name, textFor(name)]))
    fixture.vendor.respondWith(() => ({ kind: 'complete', headers }))
    expect((await fixture.ask()).status).toBe(200)
    await fixture.ledgerOf('a')
    const { limits } = await api.client.stats.get.query({ providerName: fixture.nameOf('a') })
    for (const id of ids)
      expect(limits.some(limit => limit.id.startsWith(id) && limit.max === 1_000)).toBe(true)
  },
)
