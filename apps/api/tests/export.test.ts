import { get, type IncomingMessage } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openDatabase, PostgresQuotaStore } from '@quotakeeper/db'
import type { Command, Outcome, Query, QueryResult, QuotaStore } from '@quotakeeper/quota-core'
import { createApiDatabase, isThorough } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest'
import { withoutFormulas } from '../src/server/export/export-text.js'
import { startTestApi, type TestApi } from './test-api.js'

const today = new Date().toISOString().slice(0, 10)
const range = `from=2000-01-01&to=${today}`

async function record(api: TestApi, ...calls: readonly object[]): Promise<void> {
  for (const call of calls) {
    const response = await api.sendJson('/api/v1/usage/record', { providerName: 'groq_1', ...call })
    expect(response.status).toBe(200)
  }
}

describe('an export', () => {
  it('of history is CSV with a header and a file name', async () => {
    await using api = await startTestApi()
    await record(api, { characterCount: 7 }, { providerName: 'groq_2' })
    const response = await api.send(`/api/v1/usage/export?what=history&${range}`)
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="history-2000-01-01-${today}.csv"`,
    )
    expect(await response.text()).toBe(
      [
        'date,providerName,requestCount,characterCount,inputTokenCount,outputTokenCount,cachedInputTokenCount,costMicroUsd,audioSecondCount',
        `${today},groq_1,1,7,0,0,0,0,0`,
        `${today},groq_2,1,0,0,0,0,0,0`,
        '',
      ].join('\r\n'),
    )
  })

  it('neutralises formulas, quotes where needed, and keeps numbers unchanged', async () => {
    await using api = await startTestApi()
    await record(api, { model: '=1+1', consumer: '@a,"b"' }, { model: '-m', consumer: '+c' })
    const url = `/api/v1/usage/export?what=summary&groupBy=model&groupBy=consumer&${range}`
    const lines = (await (await api.send(url)).text()).split('\r\n')
    expect(lines.slice(0, 3)).toEqual([
      'model,consumer,requestCount,characterCount,inputTokenCount,outputTokenCount,cachedInputTokenCount,costMicroUsd,audioSecondCount',
      "'-m,'+c,1,0,0,0,0,0,0",
      `'=1+1,"'@a,""b""",1,0,0,0,0,0,0`,
    ])
    const others = await api.send(`${url}&providerName=groq_2`)
    expect((await others.text()).split('\r\n').slice(1)).toEqual([''])
    await api.sendJson('/api/v1/usage/reset', { providerName: 'groq_1' })
    const ledger = await (await api.send('/api/v1/usage/export?what=ledger')).text()
    expect(ledger).toMatch(/,adjustment,.*,-1,0,0,0,0,0,/)
  })

  it('of the ledger is by provider, newest first, as JSON Lines in UTF-8', async () => {
    await using api = await startTestApi()
    const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()
    await record(
      api,
      { providerName: 'groq_2', model: 'é' },
      { occurredAt: minutesAgo(2), metadata: { a: [1] } },
      { occurredAt: minutesAgo(1) },
    )
    const response = await api.send('/api/v1/usage/export?what=ledger&format=jsonl')
    expect(response.headers.get('content-type')).toBe('application/jsonl; charset=utf-8')
    const rows = (await response.text())
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(rows.map(row => [row.providerName, row.model, row.metadata])).toEqual([
      ['groq_1', null, {}],
      ['groq_1', null, { a: [1] }],
      ['groq_2', 'é', {}],
    ])
    const some = await api.send(`/api/v1/usage/export?what=ledger&providerName=groq_2&${range}`)
    expect((await some.text()).split('\r\n')).toHaveLength(3)
    const none = await api.send('/api/v1/usage/export?what=ledger&format=jsonl&from=2001-01-01&to=2001-01-02')
    expect([none.status, await none.text()]).toEqual([200, ''])
  })

  it('of a consumer has its calls and those of its descendants alone', async () => {
    await using api = await startTestApi()
    for (const consumer of [{ name: 'acme' }, { name: 'acme-web', parent: 'acme' }, { name: 'globex' }])
      expect(
        (await api.sendJson(`/api/v1/consumers/${consumer.name}`, consumer, { method: 'PUT' })).status,
      ).toBe(200)
    await record(
      api,
      { consumer: 'acme-web' },
      { consumer: 'globex' },
      { providerName: 'groq_2', consumer: 'acme' },
    )
    const linesOf = async (query: string): Promise<readonly string[]> =>
      (await (await api.send(`/api/v1/usage/export?under=acme&${query}`)).text())
        .trimEnd()
        .split('\r\n')
        .slice(1)
    const sums = await linesOf(`what=summary&groupBy=consumer&${range}`)
    expect(sums.map(line => line.split(',').slice(0, 2))).toEqual([
      ['acme', '1'],
      ['acme-web', '1'],
    ])
    const calls = await linesOf('what=ledger')
    expect(calls.map(line => [line.split(',')[3], line.split(',')[7]])).toEqual([
      ['groq_1', 'acme-web'],
      ['groq_2', 'acme'],
    ])
  })

  it.each([
    ['', 'what'],
    [`what=history&under=acme&${range}`, 'under'],
    ['what=all', 'what'],
    ['what=history', 'from'],
    ['what=history&from=2026-01-02&to=2026-01-01', 'to'],
    ['what=ledger&from=2026-01-02', 'to'],
    [`what=history&groupBy=day&${range}`, 'groupBy'],
    [`what=summary&groupBy=week&${range}`, 'groupBy.0'],
    [`what=history&format=xlsx&${range}`, 'format'],
  ])('of "%s" is refused, and the field is named', async (query, field) => {
    await using api = await startTestApi()
    const response = await api.send(`/api/v1/usage/export?${query}`)
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ field })])
  })

  it('without its days is refused by a message that names both fields and a range', async () => {
    await using api = await startTestApi()
    const response = await api.send('/api/v1/usage/export?what=summary')
    expect(await response.json()).toHaveProperty(
      'detail',
      'from: is required for summary together with to, such as from=2026-11-01&to=2026-11-30',
    )
  })

  it('needs the same token as the rest of the API', async () => {
    await using api = await startTestApi({ environment: { QUOTA_API_TOKEN: 'secret-of-the-api-1234' } })
    const path = `/api/v1/usage/export?what=history&${range}`
    expect((await api.send(path)).status).toBe(401)
    const headers = { authorization: 'Bearer secret-of-the-api-1234' }
    expect((await api.send(path, { headers })).status).toBe(200)
  })

  it('is in the OpenAPI document', async () => {
    await using api = await startTestApi()
    const document: unknown = await (await api.send('/openapi.json')).json()
    const content = { 'text/csv': expect.anything(), 'application/jsonl': expect.anything() }
    expect(document).toHaveProperty(['paths', '/usage/export', 'get', 'responses', '200', 'content'], content)
    const parameters = expect.arrayContaining([expect.objectContaining({ name: 'groupBy', in: 'query' })])
    expect(document).toHaveProperty(['paths', '/usage/export', 'get', 'parameters'], parameters)
  })
})

/** Wraps a store and counts the pages read. */
class CountedPages implements QuotaStore {
  count = 0
  readonly #store: QuotaStore

  constructor(store: QuotaStore) {
    this.#store = store
  }

  execute(commands: readonly Command[]): Promise<readonly Outcome[]> {
    return this.#store.execute(commands)
  }

  read<Q extends Query>(query: Q): Promise<QueryResult<Q>> {
    if (query.type === 'ledger') this.count++
    return this.#store.read(query)
  }

  close(): Promise<void> {
    return this.#store.close()
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** The heap without what is no longer used. */
function retainedBytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** In `test:fire` so many that memory and the buffers of sockets are bounds, which takes 20 s of a core. */
const rowCount = isThorough ? 200_000 : 20_000

describe(`a ledger of ${rowCount} calls`, () => {
  const path = '/api/v1/usage/export?what=ledger&providerName=groq_1'
  const opened: (() => Promise<void>)[] = []
  let api: TestApi
  let store: CountedPages

  beforeAll(async () => {
    const { url, drop } = await createApiDatabase()
    const database = await openDatabase(url)
    opened.push(drop, () => database.close())
    store = new CountedPages(new PostgresQuotaStore({ database }))
    api = await startTestApi({ store })
    opened.push(async () => api[Symbol.asyncDispose]())
    const id = '00000000-0000-4000-8000-000000000001'
    await api.client.usage.record.mutate({ providerName: 'groq_1', id })
    // In FROM, which calls it once per row; "(…).*" calls it once per column, which took 25 s.
    const text = `insert into usage_attempt
      select copied.* from usage_attempt as u, generate_series(1, $1::int) as n,
        jsonb_populate_record(u, jsonb_build_object('id', gen_random_uuid(),
          'occurred_at', u.occurred_at - n * interval '1 millisecond')) as copied
      where u.id = $2::uuid`
    const values = [rowCount - 1, id]
    // As autovacuum does for a table that grew over time.
    const analyze = { name: 'analyze', text: 'analyze usage_attempt', values: [] }
    await database.withSession(session => session.run([{ name: 'fill', text, values }, analyze]), {
      statementTimeoutMs: 600_000,
    })
  })

  afterAll(async () => {
    for (const close of opened.toReversed()) await close()
  })

  it('is exported completely, each row once, in bounded memory', async () => {
    const ids = new Set<string>()
    const before = retainedBytes()
    let highest = 0
    const response = await api.send(path)
    let rest = ''
    let nextLook = 0
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + text).split('\r\n')
      rest = lines.pop() ?? ''
      // The end of an id identifies it and takes less memory in this test.
      for (const line of lines) ids.add(line.slice(24, 36))
      if (ids.size < nextLook) continue
      nextLook += rowCount / 5
      highest = Math.max(highest, retainedBytes())
    }
    // Including the header. 100,000 rows take some 25 MB as text, and many times that as objects; their ids here take 6.
    expect(ids.size).toBe(rowCount + 1)
    if (isThorough) expect((highest - before) / 2 ** 20).toBeLessThan(rowCount / 4_000)
  })

  it.runIf(isThorough)('is not read further for a client that stopped reading or disconnected', async () => {
    store.count = 0
    const response = await new Promise<IncomingMessage>(resolve => {
      get(`${api.origin}${path}`, resolve)
    })
    await new Promise(resolve => response.once('readable', resolve))
    let last = -1
    await vi.waitUntil(
      () => {
        const isSame = last === store.count
        last = store.count
        return isSame
      },
      { interval: 500, timeout: 100_000 },
    )
    // Half of all pages, of 250 rows each; sockets buffer less.
    expect(store.count).toBeLessThan(rowCount / 250 / 2)
    response.destroy()
    // A complete export: by its end, the first one would have continued too.
    const before = store.count
    await (await api.send(`${path}&from=2001-01-01&to=2001-01-01`)).text()
    expect(store.count - before).toBeLessThanOrEqual(3)
  })
})

test.each([
  ['=1+1', "'=1+1"],
  ['＝1＋1', "'＝1＋1"],
  ['＋1', "'＋1"],
  ['－1', "'－1"],
  ['＠a', "'＠a"],
  ['\t=1', "'\t=1"],
  ['\r@a', "'\r@a"],
  [' \u200b=1', "' \u200b=1"],
  [';=1', "';'=1"],
  ['model;=1+1', "model;'=1+1"],
  ['a; "＝1', `a;' "＝1`],
  ['plain-text; and = more', 'plain-text; and = more'],
])('spreadsheets do not run %j as a formula', (text, safe) => {
  expect(withoutFormulas(text)).toBe(safe)
})
