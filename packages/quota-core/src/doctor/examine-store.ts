import type { PageOf, QuotaStore } from '../store.js'
import { Books, type Discrepancy } from './books.js'

const pageSize = 1_000

export interface ExamineOptions {
  /** First day, `YYYY-MM-DD`, of which no ledger row has been pruned. */
  readonly wholeFrom?: string
  /** Aborts the examination, for example when the client disconnects. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads a store through its public queries and reports where it contradicts itself; see `findDiscrepancies`. Name all
 * providers of a pool together, or null for every provider. The reads are not one snapshot: concurrent changes show as
 * discrepancies, so examine a store at rest. If old ledger rows are pruned, set `wholeFrom` to the first day with all
 * its rows; earlier days cannot be compared. Reads page by page and keeps only sums, so the ledger may have any number
 * of rows.
 * @throws QuotaError STORE_UNAVAILABLE; READ_REFUSED if a page takes too long or `signal` aborts
 */
export async function examineStore(
  store: QuotaStore,
  providerNames: readonly string[] | null,
  { wholeFrom, signal }: ExamineOptions = {},
): Promise<readonly Discrepancy[]> {
  const options = { isBulk: true, signal } as const
  const { state, nowMs } = await store.read({ type: 'snapshot', providerNames, counters: 'all' })
  const names = providerNames ?? [...state.providers()].map(provider => provider.name)
  const books = new Books({
    state,
    nowMs,
    providerNames: names,
    // All providers are read, so no subject lacks rows.
    ...(providerNames === null && { subjects: [...state.owners()] }),
    ...(wholeFrom !== undefined && { wholeFrom }),
  })
  const ledger = { type: 'ledger', requestId: null, pageSize } as const
  const history = { type: 'history', from: wholeFrom ?? '0001-01-01', to: '9999-12-31', pageSize } as const
  for (const providerName of providerNames ?? [null]) {
    for await (const attempts of pagesOf(cursor => store.read({ ...ledger, providerName, cursor }, options)))
      for (const attempt of attempts) books.addAttempt(attempt)
    for await (const days of pagesOf(cursor => store.read({ ...history, providerName, cursor }, options)))
      for (const day of days) books.addDay(day)
  }
  return books.discrepancies()
}

async function* pagesOf<Row>(
  readPage: (cursor: string | null) => Promise<PageOf<Row>>,
): AsyncGenerator<readonly Row[], void> {
  let cursor: string | null = null
  do {
    const { rows, nextCursor }: PageOf<Row> = await readPage(cursor)
    yield rows
    cursor = nextCursor
  } while (cursor !== null)
}
