import { migrate, openDatabase, PostgresQuotaStore } from '@quotakeeper/db'
import { QuotaService } from '@quotakeeper/quota-core'
import pg from 'pg'
import { startApi } from './api-process.mjs'
import { fillDays } from './fill/days.mjs'
import { fillProviders, fillToday } from './fill/providers.mjs'
import { httpClient } from './http-client.mjs'
import { rounded, table } from './report.mjs'
import { originalFigures } from './scenarios/original-figures.mjs'
import { everyPage, lastDays, readScenario } from './scenarios/reads.mjs'

const providers = 1_000
const historyProviders = 100
const historyDays = 365

/**
 * The report's sections on reads and on the API under load, as Markdown.
 * @param {{ postgres: import('@quotakeeper/test-kit').PostgresServer, rounds: number, durationMs: number,
 * progress: (line: string) => void }} run
 */
export async function readSections({ postgres, ...run }) {
  const reads = await readsOfMany((await postgres.createDatabase()).url, run)
  const figures = await originalFigures({ databaseUrl: (await postgres.createDatabase()).url, ...run })
  return `## Reads

One caller. ${providers.toLocaleString('en')} providers with two daily limits each; ${historyDays} days of ${historyProviders} providers, ${(historyDays * historyProviders).toLocaleString('en')} rows in
pages of 10,000, read to the end. In process, and through the API in a separate process, with its JSON parsed.

${readsTable(reads)}

## Under 64 callers

The p99 requirements of the original service on its five providers: in process, as it was
called, and by the API over HTTP, where callers, API and PostgreSQL share the two cores.

${figuresTable(figures)}
`
}

/**
 * @param {string} url
 * @param {{ rounds: number, durationMs: number, progress: (line: string) => void }} run
 */
async function readsOfMany(url, run) {
  const database = await openDatabase(url)
  await migrate(database)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await fillProviders(client, providers)
  await fillToday(client, providers)
  await fillDays(client, { providers: historyProviders, days: historyDays })
  await client.end()
  const store = new PostgresQuotaStore({ database })
  const service = new QuotaService({ store })
  const api = await startApi(url)
  const http = httpClient(api.origin, 1)
  try {
    const range = lastDays(historyDays)
    const rows = historyProviders * historyDays
    const wanted = { type: /** @type {const} */ ('history'), providerName: null, ...range }
    const reads = [
      { name: 'stats of one provider, in process', call: () => service.stats('key_7') },
      { name: 'stats of all, in process', call: () => service.allStats() },
      {
        name: 'history, in process',
        call: () => everyPage(page => service.read({ ...wanted, ...page }), rows),
      },
      {
        name: 'stats of one provider, over HTTP',
        call: () => http.query('stats.get', { providerName: 'key_7' }),
      },
      { name: 'stats of all, over HTTP', call: () => http.query('stats.all') },
      {
        name: 'history, over HTTP',
        call: () => everyPage(page => http.query('usage.history', { ...range, ...given(page) }), rows),
      },
    ]
    return await readScenario({ reads, ...run })
  } finally {
    http.close()
    await api.stop()
    await store.close()
    await database.close()
  }
}

/**
 * The API requires an absent cursor instead of null. @param {{ cursor: string | null, pageSize: number }} page
 */
function given({ cursor, pageSize }) {
  return cursor === null ? { pageSize } : { cursor, pageSize }
}

/** @param {Awaited<ReturnType<typeof readScenario>>} rows */
export function readsTable(rows) {
  return table(
    ['what', 'p50 ms', 'p99 ms'],
    rows.map(({ name, p50Ms, p99Ms }) => [name, rounded(p50Ms), rounded(p99Ms)]),
  )
}

/** @param {Awaited<ReturnType<typeof originalFigures>>} rows */
function figuresTable(rows) {
  return table(
    ['what', 'how', 'calls/s', 'p50 ms', 'p99 ms', 'must', 'aim'],
    rows.map(({ name, way, perSecond, p50Ms, p99Ms, mustMs }) => [
      name,
      way,
      rounded(perSecond),
      rounded(p50Ms),
      rounded(p99Ms),
      mustMs === null ? '' : `< ${mustMs} ms`,
      mustMs === null ? '' : `< ${mustMs / 10} ms`,
    ]),
  )
}
