import { startApi } from '../api-process.mjs'
import { httpClient } from '../http-client.mjs'
import { measure, median } from '../measure.mjs'

const callers = 64

/** What the service that this one grew from was asked for, and what it must and should take at p99. */
const figures = [
  {
    name: 'record usage',
    mustMs: 50,
    call: (/** @type {Client} */ client, /** @type {string} */ providerName) =>
      client.mutate('usage.record', { providerName, characterCount: 1 }),
  },
  {
    name: 'remaining of a provider',
    mustMs: 10,
    call: (/** @type {Client} */ client, /** @type {string} */ providerName) =>
      client.query('quota.remaining', { providerName }),
  },
  {
    name: 'stats of a provider',
    mustMs: 20,
    call: (/** @type {Client} */ client, /** @type {string} */ providerName) =>
      client.query('stats.get', { providerName }),
  },
  {
    name: 'stats of all five providers',
    mustMs: 100,
    call: (/** @type {Client} */ client) => client.query('stats.all'),
  },
]

/** @typedef {ReturnType<typeof httpClient>} Client */

const providers = ['groq_1', 'groq_2', 'groq_3', 'huggingface_1', 'huggingface_2']

/**
 * The original service's own figures under 64 callers over HTTP, on the five providers that are there without
 * a configuration. The callers share this process, and so two cores with the API and the database.
 * @param {{ databaseUrl: string, rounds: number, durationMs: number, progress: (line: string) => void }} scenario
 */
export async function originalFigures({ databaseUrl, rounds, durationMs, progress }) {
  const api = await startApi(databaseUrl)
  const client = httpClient(api.origin, callers)
  try {
    const rows = []
    for (const { name, mustMs, call } of figures) {
      const all = []
      for (let round = 0; round < rounds; round++) {
        progress(`${callers} callers over HTTP, round ${round + 1} of ${rounds}: ${name}`)
        let turn = 0
        const next = () => call(client, providers[turn++ % providers.length] ?? '')
        all.push(await measure({ call: next, callers, durationMs }))
      }
      rows.push({
        name,
        mustMs,
        perSecond: median(all.map(figure => figure.perSecond)),
        p50Ms: median(all.map(figure => figure.p50Ms)),
        p99Ms: median(all.map(figure => figure.p99Ms)),
      })
    }
    return rows
  } finally {
    client.close()
    await api.stop()
  }
}
