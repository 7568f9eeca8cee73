import { compareText, type PageOf } from '@quotakeeper/quota-core'
import type { ListRequest } from './list-input.js'

/** The page of rows, sorted by name, that follows the cursor: the name of the last row before. */
export function pageByName<Row extends { readonly name: string }>(
  sorted: readonly Row[],
  { cursor, pageSize }: ListRequest,
): PageOf<Row> {
  // By comparison, not by position: the row at the cursor may have gone meanwhile.
  const rest = cursor === null ? sorted : sorted.filter(row => compareText(row.name, cursor) > 0)
  const rows = rest.slice(0, pageSize)
  return { rows, nextCursor: rest.length > rows.length ? (rows.at(-1)?.name ?? null) : null }
}
