/** A page of a list. */
interface Page<Row> {
  readonly rows: readonly Row[]
  readonly nextCursor: string | null
}

/** Reads the rows of a list page by page, at most `limit`, in pages of at most `maxOfPage`. */
export async function everyRow<Row>(
  read: (page: { readonly cursor?: string; readonly pageSize: number }) => Promise<Page<Row>>,
  limit = Number.POSITIVE_INFINITY,
  maxOfPage = 1_000,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  let cursor: string | null = null
  do {
    const pageSize = Math.min(maxOfPage, limit - rows.length)
    const page: Page<Row> = await read(cursor === null ? { pageSize } : { cursor, pageSize })
    rows.push(...page.rows)
    cursor = page.nextCursor
  } while (cursor !== null && rows.length < limit)
  return rows
}
