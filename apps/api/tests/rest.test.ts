import { describe, expect, it } from 'vitest'
import { appRouter } from '../src/router/root.js'
import { restRoutes } from '../src/server/rest/rest-routes.js'
import { startTestApi } from './test-api.js'

const id = '01999999-0000-7000-8000-000000000001'
const v1 = '/api/v1'

/** tRPC's definition of a procedure, to compare with our table. */
function procedureOf(path: string): { readonly type?: unknown; readonly inputs?: readonly unknown[] } {
  const procedures: Readonly<Record<string, unknown>> = appRouter._def.procedures
  const procedure = procedures[path]
  const isProcedure = typeof procedure === 'function' && '_def' in procedure
  // `inputs` exists at run time, but not in tRPC's public types.
  return isProcedure ? (procedure._def as { type?: unknown; inputs?: readonly unknown[] }) : {}
}

describe('the table of REST routes', () => {
  it('has every procedure once, with its type and schema', () => {
    expect(restRoutes.map(route => route.procedure).sort()).toEqual(
      Object.keys(appRouter._def.procedures)
        // A stream has no single answer, so only tRPC serves it, also for curl.
        .filter(path => path !== 'alerts.stream')
        .sort(),
    )
    for (const { procedure, type, input } of restRoutes) {
      expect(procedureOf(procedure).type, procedure).toBe(type)
      expect(procedureOf(procedure).inputs?.[0] ?? null, procedure).toBe(input)
    }
  })
})

describe('REST', () => {
  it('does the same as the procedures', async () => {
    await using api = await startTestApi()
    const put = await api.sendJson(`${v1}/providers/mine`, { vendor: 'groq', limits: [] }, { method: 'PUT' })
    expect(await put.json()).toMatchObject({ name: 'mine', vendor: 'groq' })
    const off = await api.sendJson(`${v1}/providers/mine/enabled`, { enabled: false }, { method: 'PUT' })
    expect(await off.json()).toMatchObject({ disabledBy: 'admin' })
    expect((await api.sendJson(`${v1}/providers/mine/retry`, {})).status).toBe(200)
    expect((await api.send(`${v1}/providers/mine`, { method: 'DELETE' })).status).toBe(200)
    expect((await api.send(`${v1}/providers/mine`)).status).toBe(404)
    expect(await (await api.send(`${v1}/providers?pageSize=2`)).json()).toMatchObject({
      nextCursor: 'groq_2',
    })
    const granted = await api.sendJson(`${v1}/quota/reserve`, {
      providerName: 'groq_1',
      characterCount: 9,
      id,
    })
    expect(granted.status).toBe(200)
    expect(await granted.json()).toMatchObject({ decision: 'granted', reservationId: id })
    const settled = await api.sendJson(`${v1}/quota/commit`, { reservationId: id, characterCount: 8 })
    expect(await settled.json()).toMatchObject({ providerName: 'groq_1', characterCount: 8 })
    expect(await (await api.send(`${v1}/stats/groq_1`)).json()).toMatchObject({ characterCount: 8 })
    const explained = await api.sendJson(`${v1}/quota/explain`, {})
    expect(await explained.json()).toMatchObject({ chosen: { providerName: expect.any(String) } })
  })

  it('reads numbers, lists and objects from a URL', async () => {
    await using api = await startTestApi()
    await api.client.usage.record.mutate({ providerName: 'groq_1', characterCount: 14_400, model: 'llama' })
    const sums = `${v1}/usage/summary?from=2000-01-01&to=2100-01-01&groupBy=provider&groupBy=model&pageSize=5`
    expect(await (await api.send(sums)).json()).toMatchObject({
      rows: [{ providerName: 'groq_1', model: 'llama', characterCount: 14_400 }],
    })
    const alerts = `${v1}/alerts?subject[kind]=provider&subject[name]=groq_1&severity=error`
    expect(await (await api.send(alerts)).json()).toMatchObject({ rows: [{ thresholdPercent: 100 }] })
  })

  it.each([
    ['/usage/history?from=2026-11-26&to=2026-11-25', 'to'],
    ['/usage/ledger?pageSize=', 'pageSize'],
    ['/usage/ledger?pageSize=many', 'pageSize'],
    ['/usage/ledger?colour=red', 'colour'],
    ['/usage/ledger?__proto__=1', '__proto__'],
    ['/alerts?subject[kind]=person&subject[name]=x', 'subject.kind'],
    ['/stats/%00', 'providerName'],
    ['/usage/ledger?pageSize=0x10', 'pageSize'],
    ['/usage/ledger?pageSize=%201', 'pageSize'],
    ['/usage/ledger?pageSize=1&pageSize=2', 'pageSize'],
    ['/usage/history?from=2026-11-24&from=2026-11-25&to=2026-11-25', 'from'],
    ['/usage/export?what=ledger&format=csv&format=jsonl', 'format'],
    ['/alerts?subject[kind]=provider&subject[name]=a&subject[name]=b', 'subject[name]'],
    ['/stats?providerName=groq_1', 'providerName'],
    ['/stats/groq_1?providerName=groq_2', 'providerName'],
  ])('names the offending field of %s', async (path, field) => {
    await using api = await startTestApi()
    const response = await api.send(v1 + path)
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(await response.json()).toMatchObject({ status: 400, code: 'INVALID_INPUT', field })
  })

  it('refuses fields in the URL of a call whose fields are in its body, and counts nothing', async () => {
    await using api = await startTestApi()
    const recorded = await api.sendJson(`${v1}/usage/record?characterCount=5`, { providerName: 'groq_1' })
    expect(recorded.status).toBe(400)
    expect(await recorded.json()).toMatchObject({
      field: 'characterCount',
      detail: 'characterCount: a POST has its fields in the body; move it there, or leave it out',
    })
    expect((await api.client.stats.get.query({ providerName: 'groq_1' })).requestCount).toBe(0)
  })

  it.each(['/api/v1/usage/record', '/trpc/usage.record'])(
    'refuses a body that is not UTF-8 at %s, and counts nothing',
    async path => {
      await using api = await startTestApi()
      const body = Buffer.from('{"providerName":"groq_1","consumer":"café"}', 'latin1')
      const headers = { 'content-type': 'application/json; charset=iso-8859-1' }
      const response = await api.send(path, { method: 'POST', body, headers })
      expect(response.status).toBe(400)
      expect(await response.text()).toContain('the body is not UTF-8')
      expect((await api.client.stats.get.query({ providerName: 'groq_1' })).requestCount).toBe(0)
    },
  )

  it.each([
    ['PATCH', '/providers/groq_1', 'GET, HEAD, PUT, DELETE'],
    ['POST', '/stats', 'GET, HEAD'],
    ['GET', '/usage/record', 'POST'],
    ['OPTIONS', '/usage/export', 'GET'],
  ])('names the methods of a path that %s %s is not', async (method, path, allow) => {
    await using api = await startTestApi()
    const headers = { 'content-type': 'application/json' }
    const response = await api.send(v1 + path, {
      method,
      ...(method === 'POST' || method === 'PATCH' ? { headers, body: '{}' } : {}),
    })
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow])
    expect(await response.json()).toMatchObject({
      title: 'Method Not Allowed',
      detail: `${method} is not a method of ${v1}${path}; use ${allow.replaceAll(', ', ' or ')}`,
    })
  })

  it('returns errors as problems', async () => {
    await using api = await startTestApi()
    const problem = async (response: Response): Promise<unknown> => {
      expect(response.headers.get('content-type')).toContain('application/problem+json')
      return response.json()
    }
    expect(await problem(await api.send(`${v1}/stats/nobody`))).toMatchObject({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      code: 'UNKNOWN_PROVIDER',
    })
    expect(await problem(await api.send('/nowhere?token=secret'))).toMatchObject({
      status: 404,
      detail: expect.not.stringContaining('secret'),
    })
    const cut = { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }
    expect(await problem(await api.send(`${v1}/usage/record`, cut))).toMatchObject({ status: 400 })
    expect(await problem(await api.sendJson(`${v1}/usage/record`, []))).toMatchObject({ status: 400 })
    const other = await api.sendJson(`${v1}/providers/mine`, { name: 'yours' }, { method: 'PUT' })
    expect(await problem(other)).toMatchObject({ status: 400, field: 'name' })
  })
})

describe('a denial by REST', () => {
  const noon = Date.parse('2026-11-25T12:00:00Z')

  it('is 429 with the limits that denied the call and the seconds to wait, rounded up', async () => {
    await using api = await startTestApi({ now: () => noon })
    const limits = [{ metric: 'tokens', window: 'rolling-60s', max: 6_000 }] as const
    await api.client.providers.upsert.mutate({ name: 'mine', vendor: 'groq', limits })
    await api.client.usage.record.mutate({ providerName: 'mine', inputTokenCount: 6_000 })
    const response = await api.sendJson(`${v1}/quota/reserve`, {
      providerName: 'mine',
      inputTokenCount: 1_049,
    })
    expect(response.status).toBe(429)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    // 1,049 tokens return in 10.49 s.
    expect(response.headers.get('retry-after')).toBe('11')
    expect(response.headers.get('ratelimit-policy')).toBe(
      '"provider/mine/tokens/rolling-60s";q=6000;qu="tokens";w=60',
    )
    expect(response.headers.get('ratelimit')).toBe('"provider/mine/tokens/rolling-60s";r=0;t=60')
    expect(await response.json()).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      status: 429,
      decision: 'denied',
      detail: expect.stringContaining('provider mine: tokens/rolling-60s'),
      'violated-policies': ['provider/mine/tokens/rolling-60s'],
      reasons: [{ limitId: 'tokens/rolling-60s', code: 'exhausted' }],
      retryAt: new Date(noon + 10_490).toISOString(),
    })
  })

  it('names the limit’s pool, and the model if it counts each separately', async () => {
    await using api = await startTestApi()
    const { pools, providers, quota } = api.client
    const limits = [{ metric: 'requests', window: 'day', max: 1, model: '*', per: 'model' }] as const
    await pools.upsert.mutate({ name: 'org', limits })
    await providers.upsert.mutate({ name: 'mine', vendor: 'groq', pool: 'org' })
    await quota.reserve.mutate({ providerName: 'mine', model: 'big' })
    const response = await api.sendJson(`${v1}/quota/reserve`, { providerName: 'mine', model: 'big' })
    expect(response.headers.get('ratelimit-policy')).toBe('"pool/org/requests/day@*@big";q=1;w=86400')
  })

  it('has no instant if none is known', async () => {
    await using api = await startTestApi()
    const response = await api.sendJson(`${v1}/quota/reserve`, {
      providerName: 'groq_1',
      characterCount: 20_000,
    })
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBeNull()
    expect(await response.json()).toMatchObject({ retryAt: null, reasons: [{ code: 'too_large' }] })
  })

  it('of acquire lists every candidate, and the earliest return', async () => {
    await using api = await startTestApi()
    for (const providerName of ['groq_1', 'groq_2']) {
      await api.client.usage.record.mutate({ providerName, characterCount: 14_400 })
    }
    const candidates = [{ providerName: 'groq_1' }, { providerName: 'groq_2' }]
    const response = await api.sendJson(`${v1}/quota/acquire`, { candidates })
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(response.headers.get('ratelimit')?.split(', ')).toHaveLength(2)
    expect(await response.json()).toMatchObject({
      skipped: [{ providerName: 'groq_1' }, { providerName: 'groq_2' }],
    })
  })
})
