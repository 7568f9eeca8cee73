import type { Row } from '../../database/database.js'

/**
 * All rows of a query as JSON, column by column, as an expression: names are not repeated with every row,
 * and none is made into a record first. 2,000 counters took the database 3.6 ms so, 8.7 ms row by row, and
 * 7.3 ms as plain rows, which take the driver longer to read.
 */
export function columnsOf(columns: readonly string[], rows: string): string {
  return `(select json_build_array(${columns.map(column => `json_agg(r.${column})`).join(', ')}) from (${rows}) as r)`
}

/** The columns that {@link columnsOf} has told: empty where there were no rows. */
function listsOf(value: unknown): readonly (readonly unknown[])[] {
  // The list of lists that the expression makes; no rows make no lists, but nulls.
  const lists = (value ?? []) as readonly (readonly unknown[] | null)[]
  return lists.map(list => list ?? [])
}

/** The same as rows. */
export function rowsOfColumns(columns: readonly string[], value: unknown): readonly Row[] {
  const lists = listsOf(value)
  return (lists[0] ?? []).map((_, index) => {
    const row: Record<string, unknown> = {}
    for (let at = 0; at < columns.length; at++) row[columns[at] ?? ''] = lists[at]?.[index]
    return row
  })
}
