import { alertsSchema, compareText, ledgerSchema, type PageOf } from '@quotakeeper/quota-core'
import { z } from 'zod'

/** Input of lists ordered by name. */
export interface ListInput {
  /** The `nextCursor` of the previous page. */
  readonly cursor?: string | undefined
  /** 1 to 10,000 rows, 100 unless given. */
  readonly pageSize?: number | undefined
}

export interface ListRequest {
  readonly cursor: string | null
  readonly pageSize: number
}

/** A name, as a page of a list ordered by name has given it. PostgreSQL's text cannot hold U+0000. */
const cursorSchema = z
  .string()
  .max(500)
  .refine(text => !text.includes('\0'), { error: 'must be the nextCursor of the page before' })

export const listSchema: z.ZodType<ListRequest, ListInput | undefined> = z
  .strictObject({
    cursor: cursorSchema.optional(),
    pageSize: z.number().int().min(1).max(10_000).default(100),
  })
  .transform(({ cursor, pageSize }) => ({ cursor: cursor ?? null, pageSize }))
  .prefault({})

/**
 * The page of rows after the cursor, which is the name of the previous page's last row. Rows must be sorted by name.
 */
export function pageByName<Row extends { readonly name: string }>(
  sorted: readonly Row[],
  { cursor, pageSize }: ListRequest,
): PageOf<Row> {
  // By comparison, not by position: the row at the cursor may have been removed meanwhile.
  const rest = cursor === null ? sorted : sorted.filter(row => compareText(row.name, cursor) > 0)
  const rows = rest.slice(0, pageSize)
  return { rows, nextCursor: rest.length > rows.length ? (rows.at(-1)?.name ?? null) : null }
}

/** Input of `usage.ledger`; optional. */
export const ledgerInputSchema = ledgerSchema.prefault({})

/** Input of `alerts.list`; optional. */
export const alertsInputSchema = alertsSchema.prefault({})
