import { arrayLiteral } from '../../database/array-literal.js'
import type { Statement } from '../../database/database.js'

/** A column of rows that are written by one statement, whatever their number. */
export interface Column<Source> {
  readonly name: string
  /** PostgreSQL's type of one value as it is sent. */
  readonly type: string
  /** Turns the sent value into the column's, where that is not the same; `%` stands for the value. */
  readonly cast?: string
  readonly value: (row: Source) => unknown
}

/** A statement over rows, made once: its text does not depend on the rows. */
export type RowStatement<Source> = (rows: readonly Source[]) => Statement

/** Stands in the text of each such statement where a condition may be put: none of the rows, unless it holds. */
export const placeForCondition = '/* if */'

/**
 * Makes a statement whose `rows` are the given rows: `text` receives the column names, their values and
 * the `unnest(…)` that yields them. One array per column keeps the text, and so the prepared plan, the
 * same for one row and for a thousand.
 */
export function overRows<Source>(
  name: string,
  columns: readonly Column<Source>[],
  text: (parts: { readonly names: string; readonly values: string; readonly rows: string }) => string,
): RowStatement<Source> {
  const names = columns.map(column => `"${column.name}"`).join(', ')
  const values = columns.map(column => (column.cast ?? '%').replaceAll('%', `r."${column.name}"`)).join(', ')
  // Not `from unnest(…, …)`, which keeps each array's rows aside first: 0.44 ms instead of 0.34 for 64 attempts.
  const arrays = columns
    .map(({ name, type }, index) => `unnest($${index + 1}::${type}[]) as "${name}"`)
    .join(', ')
  const whole = text({ names, values, rows: `(select ${arrays} ${placeForCondition}) as r` })
  return rows => ({
    name,
    text: whole,
    values: columns.map(column => arrayLiteral(column.type, rows.map(column.value))),
  })
}
