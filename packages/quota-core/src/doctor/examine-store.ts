import type { Attempt } from '../domain/attempt.js'
import { QuotaError } from '../domain/quota-error.js'
import type { DailyUsage, PageOf, QuotaStore } from '../store.js'
import { type Discrepancy, findDiscrepancies } from './find-discrepancies.js'

const pageSize = 1_000
/** More than fit into memory is a matter for the store itself. */
const defaultMaxRows = 10_000_000

export interface ExamineOptions {
  /** The first day, `YYYY-MM-DD`, of which no row of the ledger has been removed. */
  readonly wholeFrom?: string
  /** Most rows of the ledger, which are in memory at once; ten million unless given. */
  readonly maxRows?: number
  /** Aborts when whoever has asked has gone. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads a store through its public queries and tells where it contradicts itself; see
 * {@link findDiscrepancies}. Say all the providers of a pool, or null for every provider there is. The
 * reads follow each other: what changes meanwhile shows as a discrepancy, so examine a store at rest.
 * Where old rows of the ledger are removed, say the first day of which none has been: `wholeFrom`,
 * `YYYY-MM-DD`. Days before it have no rows left to be compared with.
 * @throws QuotaError STORE_UNAVAILABLE; READ_REFUSED for a ledger of too many rows.
 */
export async function examineStore(
  store: QuotaStore,
  providerNames: readonly string[] | null,
  { wholeFrom, maxRows = defaultMaxRows, signal }: ExamineOptions = {},
): Promise<readonly Discrepancy[]> {
  const options = { isBulk: true, signal } as const
  const ledger: Attempt[] = []
  const days: DailyUsage[] = []
  for (const providerName of providerNames ?? [null]) {
    const whole = { providerName, pageSize } as const
    const attempts = { type: 'ledger', requestId: null, ...whole } as const
    await addEveryRow(ledger, maxRows, cursor => store.read({ ...attempts, cursor }, options))
    const ever = { type: 'history', from: wholeFrom ?? '0001-01-01', to: '9999-12-31', ...whole } as const
    await addEveryRow(days, maxRows, cursor => store.read({ ...ever, cursor }, options))
  }
  const { state, nowMs } = await store.read({ type: 'snapshot', providerNames, counters: 'all' })
  const names = providerNames ?? [...state.providers()].map(provider => provider.name)
  return findDiscrepancies({
    state,
    nowMs,
    providerNames: names,
    // Of all there is, nothing of any subject is missing.
    ...(providerNames === null && { subjects: [...state.owners()] }),
    ledger,
    days,
    ...(wholeFrom !== undefined && { wholeFrom }),
  })
}

async function addEveryRow<Row>(
  rows: Row[],
  maxRows: number,
  readPage: (cursor: string | null) => Promise<PageOf<Row>>,
): Promise<void> {
  let cursor: string | null = null
  do {
    const { rows: more, nextCursor }: PageOf<Row> = await readPage(cursor)
    if (rows.length + more.length > maxRows) throw tooLong(maxRows)
    rows.push(...more)
    cursor = nextCursor
  } while (cursor !== null)
}

function tooLong(maxRows: number): QuotaError {
  return new QuotaError(
    'READ_REFUSED',
    `the ledger has more than ${maxRows} rows, which is too much to examine at once: run "quotakeeper doctor" while the API is stopped, or keep the ledger for fewer days (QUOTA_LEDGER_DAYS)`,
  )
}
