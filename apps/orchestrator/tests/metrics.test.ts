import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { requestsPerDay, startFixture, startTestGateway } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

/** Samples by name and labels. */
async function scrape(origin: string): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${origin}/metrics`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
  const lines = (await response.text()).split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map(line => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

test('metrics count each attempt by its vendor’s host and status, with its duration', async () => {
  const gone = 'http://127.0.0.1:1'
  await using fixture = await startFixture(api, {
    keys: {
      spent: { limits: requestsPerDay(0) },
      gone: { baseUrl: gone },
      right: { limits: requestsPerDay(100) },
    },
  })
  // Of the right one less is left, so that the one that is gone is asked first.
  await api.client.usage.record.mutate({ providerName: fixture.nameOf('right'), requestCount: 50 })
  for (let count = 0; count < 5; count++) expect((await fixture.ask()).status).toBe(200)
  // Pending settlements finish soon.
  const waiting = async () => (await scrape(fixture.origin)).get('quotakeeper_settle_queue_length')
  await expect.poll(waiting).toBe(0)
  const samples = await scrape(fixture.origin)
  const { host } = new URL(fixture.vendor.baseUrl)
  expect(samples.get(`quotakeeper_vendor_calls_total{host="${host}",result="200"}`)).toBe(5)
  expect(samples.get(`quotakeeper_vendor_duration_seconds_count{host="${host}"}`)).toBe(5)
  expect(samples.get('quotakeeper_waiting_requests')).toBe(0)
  const unreached = samples.get('quotakeeper_vendor_calls_total{host="127.0.0.1:1",result="unreached"}')
  expect(unreached).toBeGreaterThan(0)
  expect(samples.get('quotakeeper_vendor_duration_seconds_count{host="127.0.0.1:1"}')).toBe(unreached)
})

test('with a token, neither metrics nor models are returned without it, with any spelling of the path', async () => {
  const own = await startTestGateway(api, { QUOTA_GATEWAY_TOKEN: 'right' })
  const headers = { authorization: 'Bearer right' }
  for (const path of ['/metrics', '/metrics?a', '/%6detrics', '/v1/models', '/%761/models']) {
    expect((await fetch(`${own.origin}${path}`)).status, path).toBe(401)
    expect((await fetch(`${own.origin}${path}`, { headers })).status, path).toBe(200)
  }
  await own.stop()
})

test('the metrics used by the Grafana dashboard and the rules exist in both applications', async () => {
  await using fixture = await startFixture(api, { keys: { right: {} } })
  const texts = await Promise.all(
    [api.origin, fixture.origin].map(async origin => (await fetch(`${origin}/metrics`)).text()),
  )
  const reported = new Set(
    texts.flatMap(text => [...text.matchAll(/^# TYPE (\S+)/gm)].map(match => match[1])),
  )
  const docs = new URL('../../../docs/', import.meta.url)
  for (const file of ['grafana/quotakeeper.json', 'prometheus/alert-rules.yaml']) {
    const asked = [...readFileSync(new URL(file, docs), 'utf8').matchAll(/quotakeeper_[a-z_]+/g)]
    const names = new Set(asked.map(([name]) => name.replace(/_(?:bucket|sum|count)$/, '')))
    expect(names.size).toBeGreaterThan(5)
    expect([...names].filter(name => !reported.has(name))).toEqual([])
  }
})
