import {
  type Counts,
  compareText,
  countNames,
  type PageOf,
  type QuotaService,
  type ReadOptions,
  type SummaryKey,
} from '@quotakeeper/quota-core'
import { type LedgerRow, ledgerRow } from '../../router/ledger-row.js'
import type { ExportRequest } from './export-input.js'

/** Most rows in memory, formatted at once: with 1,000 rows, calls wait for some milliseconds. */
const rowsPerPage = 250
/** Most sums per page; more than rows, since each page sums all hours again. */
const sumsPerPage = 1_000

/** The value of a cell. */
export type Cell = string | number | boolean | null

/** A table whose rows are read page by page. */
export interface ExportTable<Row> {
  readonly header: readonly string[]
  cells(row: Row): readonly Cell[]
  /** Reads each page on demand, without holding resources of the store in between. */
  pages(options: ReadOptions): AsyncIterable<readonly Row[]>
}

type RequestFor<What> = Extract<ExportRequest, { readonly what: What }>

/** Usage by day and provider, newest day first, then by provider name. */
export function historyTable(
  service: QuotaService,
  { days, providerName }: RequestFor<'history'>,
): ExportTable<Counts & { readonly date: string; readonly providerName: string }> {
  return {
    header: ['date', 'providerName', ...countNames],
    cells: row => [row.date, row.providerName, ...countsOf(row)],
    pages: options =>
      everyPage(page =>
        service.read({ type: 'history', providerName, ...days, pageSize: rowsPerPage, ...page }, options),
      ),
  }
}

const columnOfKey = {
  day: 'day',
  hour: 'hour',
  provider: 'providerName',
  model: 'model',
  consumer: 'consumer',
} as const

/** Sums, ascending by the requested keys. */
export function summaryTable(
  service: QuotaService,
  { days, providerName, under, groupBy }: RequestFor<'summary'>,
): ExportTable<Counts & { readonly [Key in (typeof columnOfKey)[SummaryKey]]?: string }> {
  const columns = groupBy.map(key => columnOfKey[key])
  return {
    header: [...columns, ...countNames],
    cells: row => [...columns.map(column => row[column] ?? null), ...countsOf(row)],
    pages: options =>
      everyPage(page =>
        service.read(
          {
            type: 'summary',
            providerName,
            ...below(under),
            groupBy,
            ...days,
            pageSize: sumsPerPage,
            ...page,
          },
          options,
        ),
      ),
  }
}

/**
 * Calls by provider, newest first, including removed providers. Concurrently added rows are newer than those being read
 * and do not appear. Ordering all providers by time would read a page of each provider for every page.
 */
export function ledgerTable(
  service: QuotaService,
  { days, providerName, under }: RequestFor<'ledger'>,
): ExportTable<LedgerRow> {
  return {
    header: [...ledgerColumns, ...countNames, ...countNames.map(reservedColumn), 'metadata'],
    cells: row => [
      ...ledgerColumns.map(column => row[column]),
      ...countsOf(row),
      ...countsOf(row.reserved),
      JSON.stringify(row.metadata),
    ],
    async *pages(options) {
      const names = providerName === null ? await everyName(service) : [providerName]
      for (const name of names) {
        const query = { type: 'ledger', providerName: name, requestId: null, pageSize: rowsPerPage } as const
        const some = { ...query, ...below(under), ...(days !== null && { days }) }
        for await (const rows of everyPage(page => service.read({ ...some, ...page }, options))) {
          yield rows.map(ledgerRow)
        }
      }
    },
  }
}

/** The part of a query that bounds it to a consumer and its descendants. */
function below(under: string | null): { readonly under?: string } {
  return under === null ? {} : { under }
}

const ledgerColumns = [
  'id',
  'kind',
  'state',
  'providerName',
  'pool',
  'model',
  'requestId',
  'consumer',
  'estimated',
  'outcome',
  'occurredAt',
  'date',
  'expiresAt',
  'settledAt',
] as const

function reservedColumn(name: string): string {
  return `reserved${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

function countsOf(counts: Counts): readonly number[] {
  return countNames.map(name => counts[name])
}

async function everyName(service: QuotaService): Promise<readonly string[]> {
  const { state } = await service.read({ type: 'snapshot', providerNames: null, counters: { calls: [] } })
  return [...state.providers()].map(({ name }) => name).sort(compareText)
}

async function* everyPage<Row>(
  read: (page: { readonly cursor: string | null }) => Promise<PageOf<Row>>,
): AsyncGenerator<readonly Row[]> {
  let cursor: string | null = null
  do {
    const { rows, nextCursor }: PageOf<Row> = await read({ cursor })
    yield rows
    cursor = nextCursor
  } while (cursor !== null)
}
