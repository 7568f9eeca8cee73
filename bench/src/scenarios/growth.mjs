import { migrate, openDatabase, PostgresQuotaStore } from '@quotakeeper/db'
import { QuotaService, QuotaTracker } from '@quotakeeper/quota-core'
import { measure, median } from '../measure.mjs'
import { lastDays } from './reads.mjs'

const callers = 64

/**
 * The main figures, on `key_0` to `key_<providers − 1>` of a filled database: throughput of reservations from
 * 64 callers over all keys, and a single caller's latency of a reservation and of reads.
 * @param {{ url: string, name: string, providers: number, rounds: number, durationMs: number, progress: (line:
 * string) => void }} scenario
 */
export async function growthScenario({ url, name, providers, rounds, durationMs, progress }) {
  const database = await openDatabase(url)
  await migrate(database)
  const store = new PostgresQuotaStore({ database })
  try {
    const calls = callsOn(store, providers)
    /** @type {Record<string, number>} */
    const row = {}
    for (const { what, callers: count, of, call } of calls) {
      progress(`${name}: ${what}`)
      const figures = []
      for (let round = 0; round < rounds; round++) {
        figures.push(await measure({ call, callers: count, durationMs }))
      }
      row[what] = median(figures.map(figure => figure[of]))
    }
    return { name, figures: row }
  } finally {
    await store.close()
    await database.close()
  }
}

/** @param {PostgresQuotaStore} store @param {number} providers */
function callsOn(store, providers) {
  const tracker = new QuotaTracker({ store })
  const service = new QuotaService({ store })
  let turn = 0
  const key = () => `key_${turn++ % providers}`
  const page = { cursor: null, pageSize: 10_000 }
  const lone = { callers: 1, of: /** @type {const} */ ('p50Ms') }
  return [
    {
      what: 'reservations/s, 64 callers',
      callers,
      of: /** @type {const} */ ('perSecond'),
      call: () => tracker.reserve({ providerName: key() }),
    },
    { what: 'a lone reservation', ...lone, call: () => tracker.reserve({ providerName: key() }) },
    { what: 'stats of one', ...lone, call: () => service.stats(key()) },
    { what: 'stats of all', ...lone, call: () => service.allStats() },
    {
      what: 'history of one, 90 days',
      ...lone,
      call: () => service.read({ type: 'history', providerName: 'key_1', ...lastDays(90), ...page }),
    },
    {
      what: 'summary by day and provider, 30 days',
      ...lone,
      call: () =>
        service.read({
          type: 'summary',
          providerName: null,
          groupBy: ['day', 'provider'],
          ...lastDays(30),
          ...page,
        }),
    },
    {
      what: 'ledger, newest 100 rows',
      ...lone,
      call: () =>
        service.read({ type: 'ledger', providerName: null, requestId: null, cursor: null, pageSize: 100 }),
    },
  ]
}
