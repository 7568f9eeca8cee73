import type { PageOf, QuotaStore } from '../store.js'
import { Books, type Discrepancy } from './books.js'

const pageSize = 1_000

export interface ExamineOptions {
  /** The first day, `YYYY-MM-DD`, of which no row of the ledger has been removed. */
  readonly wholeFrom?: string
  /** Aborts when whoever has asked has gone. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads a store through its public queries and tells where it contradicts itself; see
 * `findDiscrepancies`. Say all the providers of a pool, or null for every provider there is. The
 * reads follow each other: what changes meanwhile shows as a discrepancy, so examine a store at rest.
 * Where old rows of the ledger are removed, say the first day of which none has been: `wholeFrom`,
 * `YYYY-MM-DD`. Days before it have no rows left to be compared with.
 * Page by page, each of which is added up and forgotten: a ledger may have any number of rows.
 * @throws QuotaError STORE_UNAVAILABLE; READ_REFUSED where a page takes too long, or whoever has asked has gone.
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
    // Of all there is, nothing of any subject is missing.
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
