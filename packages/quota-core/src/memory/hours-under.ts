import type { QuotaTables } from '../domain/tables.js'
import { type HourOfUsage, recentHoursMs } from '../forecast/recent-hours.js'
import { summaryPage } from './pages.js'

const dayMs = 86_400_000

/** Usage of a consumer and its descendants in the hours that began within the last two hours, by hour and model. */
export function hoursUnder(tables: QuotaTables, consumer: string, nowMs: number): readonly HourOfUsage[] {
  // Providers' days may be a day ahead or behind.
  const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10)
  const { rows } = summaryPage(tables, {
    type: 'summary',
    providerName: null,
    under: consumer,
    from: day(nowMs - dayMs),
    to: day(nowMs + dayMs),
    groupBy: ['hour', 'model'],
    cursor: null,
    pageSize: Number.POSITIVE_INFINITY,
  })
  return rows.flatMap(({ hour = '', model = '', ...counts }) => {
    const hourStartMs = Date.parse(hour)
    return hourStartMs > nowMs - recentHoursMs ? [{ providerName: '', hourStartMs, model, counts }] : []
  })
}
