import type { Attempt, LedgerRowsQuery, PageOf, QuotaStore } from '@quotakeeper/quota-core'

const pageSize = 1_000
const mostPages = 5_000

/** Every row of a ledger. @throws Error when it has more than five million */
export async function readLedger(store: QuotaStore): Promise<readonly Attempt[]> {
  const ledger: Attempt[] = []
  let cursor: string | null = null
  for (let page = 0; page < mostPages; page++) {
    const query: LedgerRowsQuery = {
      type: 'ledger',
      providerName: null,
      requestId: null,
      pageSize,
      cursor,
    }
    const { rows, nextCursor }: PageOf<Attempt> = await store.read(query)
    for (const row of rows) ledger.push(row)
    if (nextCursor === null) return ledger
    cursor = nextCursor
  }
  throw new Error('the ledger of a fire has no end')
}
