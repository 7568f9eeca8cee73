import type { Attempt } from '../domain/attempt.js'
import { QuotaError } from '../domain/quota-error.js'
import type { DailyUsage, PageOf, QuotaStore } from '../store.js'
import { type Discrepancy, findDiscrepancies } from './find-discrepancies.js'

const pageSize = 1_000
/** Ten million rows: more than fit into memory is a matter for the store itself. */
const mostPages = 10_000

/**
 * Reads a store through its public queries and tells where it contradicts itself; see
 * {@link findDiscrepancies}. Say all the providers of a pool, or null for every provider there is. The
 * reads follow each other: what changes meanwhile shows as a discrepancy, so examine a store at rest.
 * Where old rows of the ledger are removed, say the first day of which none has been: `wholeFrom`,
 * `YYYY-MM-DD`. Days before it have no rows left to be compared with.
 * @throws QuotaError STORE_UNAVAILABLE; INVALID_INPUT for a ledger of more than ten million rows.
 */
export async function examineStore(
  store: QuotaStore,
  providerNames: readonly string[] | null,
  { wholeFrom }: { readonly wholeFrom?: string } = {},
): Promise<readonly Discrepancy[]> {
  const ledger: Attempt[] = []
  const days: DailyUsage[] = []
  for (const providerName of providerNames ?? [null]) {
    const whole = { providerName, pageSize } as const
    ledger.push(
      ...(await everyRow(cursor => store.read({ type: 'ledger', requestId: null, ...whole, cursor }))),
    )
    const ever = { from: wholeFrom ?? '0001-01-01', to: '9999-12-31' } as const
    days.push(...(await everyRow(cursor => store.read({ type: 'history', ...ever, ...whole, cursor }))))
  }
  const { state, nowMs } = await store.read({ type: 'snapshot', providerNames })
  const names = providerNames ?? [...state.providers()].map(provider => provider.name)
  return findDiscrepancies({
    state,
    nowMs,
    providerNames: names,
    ledger,
    days,
    ...(wholeFrom !== undefined && { wholeFrom }),
  })
}

async function everyRow<Row>(
  readPage: (cursor: string | null) => Promise<PageOf<Row>>,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  let cursor: string | null = null
  for (let page = 0; page < mostPages; page++) {
    const { rows: more, nextCursor }: PageOf<Row> = await readPage(cursor)
    for (const row of more) rows.push(row)
    if (nextCursor === null) return rows
    cursor = nextCursor
  }
  throw new QuotaError('INVALID_INPUT', 'the ledger is too long to be examined in one piece')
}
