import { openDatabase, PostgresQuotaStore } from '@quotakeeper/db'
import { QuotaTracker } from '@quotakeeper/quota-core'
import { startApi } from '../api-process.mjs'
import { httpClient } from '../http-client.mjs'
import { measure, median } from '../measure.mjs'

const callers = 64

/**
 * Operations of the original service, with their required and desired p99: calls of a class in process there,
 * of QuotaTracker here, and the same by the API over HTTP. An empty answer shows the cost of HTTP itself.
 */
const figures = [
  {
    name: 'record usage',
    mustMs: 50,
    inProcess: (/** @type {QuotaTracker} */ tracker, /** @type {string} */ providerName) =>
      tracker.recordUsage(providerName, { characterCount: 1 }),
    overHttp: (/** @type {Client} */ client, /** @type {string} */ providerName) =>
      client.mutate('usage.record', { providerName, characterCount: 1 }),
  },
  {
    name: 'remaining of a provider',
    mustMs: 10,
    inProcess: (/** @type {QuotaTracker} */ tracker, /** @type {string} */ providerName) =>
      tracker.getRemainingPercentage(providerName),
    overHttp: (/** @type {Client} */ client, /** @type {string} */ providerName) =>
      client.query('quota.remaining', { providerName }),
  },
  {
    name: 'stats of a provider',
    mustMs: 20,
    inProcess: (/** @type {QuotaTracker} */ tracker, /** @type {string} */ providerName) =>
      tracker.getUsageStats(providerName),
    overHttp: (/** @type {Client} */ client, /** @type {string} */ providerName) =>
      client.query('stats.get', { providerName }),
  },
  {
    name: 'stats of all five providers',
    mustMs: 100,
    inProcess: (/** @type {QuotaTracker} */ tracker) => tracker.getAllProviderStats(),
    overHttp: (/** @type {Client} */ client) => client.query('stats.all'),
  },
  {
    name: 'nothing (`/healthz`)',
    mustMs: null,
    inProcess: null,
    overHttp: (/** @type {Client} */ client) => client.get('/healthz'),
  },
]

/** @typedef {ReturnType<typeof httpClient>} Client */

const providers = ['groq_1', 'groq_2', 'groq_3', 'huggingface_1', 'huggingface_2']

/**
 * The original service's operations under 64 callers, on the five sample providers. The callers share this
 * process, and two cores with the API and the database.
 * @param {{ databaseUrl: string, rounds: number, durationMs: number, progress: (line: string) => void }}
 * scenario
 */
export async function originalFigures({ databaseUrl, rounds, durationMs, progress }) {
  // Creates and serves the five sample providers.
  const api = await startApi(databaseUrl)
  const client = httpClient(api.origin, callers)
  const database = await openDatabase(databaseUrl)
  const store = new PostgresQuotaStore({ database })
  const tracker = new QuotaTracker({ store })
  try {
    const rows = []
    for (const { name, mustMs, inProcess, overHttp } of figures) {
      const ways = [
        { way: 'over HTTP', call: (/** @type {string} */ provider) => overHttp(client, provider) },
      ]
      if (inProcess !== null)
        ways.unshift({ way: 'in process', call: provider => inProcess(tracker, provider) })
      for (const { way, call } of ways) {
        const all = []
        for (let round = 0; round < rounds; round++) {
          progress(`${callers} callers ${way}, round ${round + 1} of ${rounds}: ${name}`)
          let turn = 0
          const next = () => call(providers[turn++ % providers.length] ?? '')
          all.push(await measure({ call: next, callers, durationMs }))
        }
        rows.push({
          name,
          way,
          mustMs,
          perSecond: median(all.map(figure => figure.perSecond)),
          p50Ms: median(all.map(figure => figure.p50Ms)),
          p99Ms: median(all.map(figure => figure.p99Ms)),
        })
      }
    }
    return rows
  } finally {
    client.close()
    await store.close()
    await database.close()
    await api.stop()
  }
}
