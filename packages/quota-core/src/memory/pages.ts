import { type Attempt, isOfProvider } from '../domain/attempt.js'
import { calendarInterval } from '../domain/calendar.js'
import { subjectsOfProvider } from '../domain/call-subjects.js'
import { type Counter, counterKey } from '../domain/counter.js'
import {
  addSums,
  type CountSums,
  type Counts,
  isNoCounts,
  noCounts,
  saturatedCounts,
} from '../domain/counts.js'
import { isoInstant } from '../domain/instant.js'
import { QuotaError } from '../domain/quota-error.js'
import { compareSubjects, compareText, providerRef, subjectDefaults } from '../domain/subject.js'
import type { QuotaTables } from '../domain/tables.js'
import type {
  AlertsQuery,
  DailyUsage,
  HistoryQuery,
  LedgerRowsQuery,
  ModelCountersQuery,
  PageOf,
  StoredAlert,
  SummaryKey,
  SummaryQuery,
  UsageSum,
} from '../store.js'
import { namesUnder } from './names-under.js'

/** Usage per provider and day, newest day first. */
export function historyPage(tables: QuotaTables, query: HistoryQuery): PageOf<DailyUsage> {
  const days = new Map<string, CountSums & Pick<DailyUsage, 'providerName' | 'date'>>()
  for (const attempt of charged(tables, query)) {
    const { providerName, date } = attempt
    const key = `${date}\n${providerName}`
    days.set(key, { providerName, date, ...addSums(days.get(key) ?? noCounts, attempt.charged) })
  }
  const rows = [...days.values()]
    .map(day => ({ ...day, ...saturatedCounts(day) }))
    .sort(
      (left, right) =>
        compareText(right.date, left.date) || compareText(left.providerName, right.providerName),
    )
  return pageOf(rows, query, row => `${row.date}\n${row.providerName}`)
}

/** Sums grouped by the requested keys, ascending. */
export function summaryPage(tables: QuotaTables, query: SummaryQuery): PageOf<UsageSum> {
  const sums = new Map<string, CountSums & Keys>()
  const { model, consumer, consumers } = query
  const under = query.under === undefined ? null : namesUnder(tables, query.under)
  for (const attempt of charged(tables, query)) {
    if (model !== undefined && attempt.model !== model) continue
    if (consumer !== undefined && attempt.consumer !== consumer) continue
    if (consumers !== undefined && !consumers.includes(attempt.consumer)) continue
    if (under !== null && !under.has(attempt.consumer)) continue
    const keys = keysOf(tables, attempt, query.groupBy)
    const key = sortKey(keys, query.groupBy)
    sums.set(key, { ...keys, ...addSums(sums.get(key) ?? noCounts, attempt.charged) })
  }
  const rows = [...sums]
    .sort(([left], [right]) => compareText(left, right))
    .map(([, row]): UsageSum => ({ ...row, ...saturatedCounts(row) }))
  return pageOf(rows, query, row => sortKey(row, query.groupBy))
}

/** Rows of the ledger, newest first. */
export function ledgerPage(tables: QuotaTables, query: LedgerRowsQuery): PageOf<Attempt> {
  const under = query.under === undefined ? null : namesUnder(tables, query.under)
  const rows = [...tables.attempts.values()]
    .filter(attempt => query.providerName === null || attempt.providerName === query.providerName)
    .filter(attempt => query.requestId === null || attempt.requestId === query.requestId)
    .filter(({ model }) => query.model === undefined || model === query.model)
    .filter(({ consumer }) => query.consumer === undefined || consumer === query.consumer)
    .filter(({ consumer }) => query.consumers === undefined || query.consumers.includes(consumer))
    .filter(({ consumer }) => under === null || under.has(consumer))
    .filter(({ state }) => query.state === undefined || state === query.state)
    .filter(({ date }) => query.days === undefined || (date >= query.days.from && date <= query.days.to))
    .sort((left, right) => right.occurredAtMs - left.occurredAtMs || compareText(right.id, left.id))
  return pageOf(rows, query, row => row.id)
}

/** Alerts, newest first. */
export function alertPage(tables: QuotaTables, query: AlertsQuery): PageOf<StoredAlert> {
  const rows = tables.alerts
    .map((alert, index): StoredAlert => ({ ...alert, id: String(index + 1) }))
    .filter(alert => query.subjectKind === null || alert.subject.kind === query.subjectKind)
    .filter(alert => query.subjectName === null || alert.subject.name === query.subjectName)
    .filter(alert => query.severity === null || alert.severity === query.severity)
    .reverse()
  return pageOf(rows, query, row => row.id)
}

/** Counters of single models of a provider and its pool. */
export function modelCountersPage(tables: QuotaTables, query: ModelCountersQuery): PageOf<Counter> {
  const { providerName } = query
  const rows = subjectsOfProvider(tables, providerName)
    .flatMap(ref => [...tables.counters(ref)])
    .filter(counter => counter.model !== '')
    .sort(
      (left, right) =>
        compareSubjects(left.subject, right.subject) ||
        compareText(left.limitId, right.limitId) ||
        compareText(left.model, right.model),
    )
  return pageOf(rows, query, row => counterKey(row.subject, row.limitId, row.model))
}

function* charged(
  tables: QuotaTables,
  { providerName, from, to }: Pick<HistoryQuery, 'providerName' | 'from' | 'to'>,
): Iterable<Attempt> {
  for (const attempt of tables.attempts.values()) {
    if (providerName !== null && attempt.providerName !== providerName) continue
    if (attempt.date < from || attempt.date > to || !isOfProvider(attempt)) continue
    if (!isNoCounts(attempt.charged)) yield attempt
  }
}

type Keys = Omit<UsageSum, keyof Counts>

function keysOf(tables: QuotaTables, attempt: Attempt, groupBy: readonly SummaryKey[]): Keys {
  const { providerName, model, consumer, date } = attempt
  const rule = tables.subject(providerRef(providerName)) ?? subjectDefaults
  return {
    ...(groupBy.includes('day') && { day: date }),
    ...(groupBy.includes('hour') && {
      hour: isoInstant(calendarInterval('hour', rule, attempt.occurredAtMs).startMs),
    }),
    ...(groupBy.includes('provider') && { providerName }),
    ...(groupBy.includes('model') && { model }),
    ...(groupBy.includes('consumer') && { consumer }),
  }
}

function sortKey(keys: Keys, groupBy: readonly SummaryKey[]): string {
  return groupBy.map(key => keys[key === 'provider' ? 'providerName' : key] ?? '').join('\n')
}

/** The page of sorted rows after the cursor. @throws QuotaError INVALID_INPUT for a cursor of another list */
export function pageOf<Row>(
  rows: readonly Row[],
  { cursor, pageSize }: { readonly cursor: string | null; readonly pageSize: number },
  keyOf: (row: Row) => string,
): PageOf<Row> {
  const start = cursor === null ? 0 : rows.findIndex(row => keyOf(row) === cursor) + 1
  if (start === 0 && cursor !== null) {
    throw new QuotaError('INVALID_INPUT', 'cursor: must be the nextCursor of a page of the same list', {
      field: 'cursor',
    })
  }
  const page = rows.slice(start, start + pageSize)
  const last = page.at(-1)
  const isLast = last === undefined || start + pageSize >= rows.length
  return { rows: page, nextCursor: isLast ? null : keyOf(last) }
}
