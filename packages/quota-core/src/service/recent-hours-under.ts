import { QuotaError } from '../domain/quota-error.js'
import { type HourOfUsage, recentHoursMs } from '../forecast/recent-hours.js'
import type { QuotaStore, SummaryQuery } from '../store.js'

const dayMs = 86_400_000
/** Bounds the sums by hour and model of three days. With more, the latest hours are missing, and so is the forecast. */
const maxRows = 10_000

/**
 * Usage of a consumer and its descendants in the clock hours that began within the last two hours, by model, for
 * forecasts. Null if the store refuses the read, as it may with too many at once.
 */
export async function recentHoursUnder(
  store: QuotaStore,
  consumer: string,
  nowMs: number,
): Promise<readonly HourOfUsage[] | null> {
  // Providers' days may be a day ahead or behind.
  const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10)
  const query: SummaryQuery = {
    type: 'summary',
    providerName: null,
    under: consumer,
    from: day(nowMs - dayMs),
    to: day(nowMs + dayMs),
    groupBy: ['hour', 'model'],
    cursor: null,
    pageSize: maxRows,
  }
  try {
    const { rows } = await store.read(query)
    return rows.flatMap(({ hour = '', model = '', ...counts }) => {
      const hourStartMs = Date.parse(hour)
      return hourStartMs > nowMs - recentHoursMs ? [{ providerName: '', hourStartMs, model, counts }] : []
    })
  } catch (error) {
    if (error instanceof QuotaError && error.code === 'READ_REFUSED') return null
    throw error
  }
}
