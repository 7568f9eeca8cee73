import { alertsSchema, compareText, ledgerSchema, type PageOf } from '@quotakeeper/quota-core'
import { z } from 'zod'

/** Input of lists that are ordered by name. */
export interface ListInput {
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | undefined
  /** 1 to 10,000 rows, 100 unless given. */
  readonly pageSize?: number | undefined
}

export interface ListRequest {
  readonly cursor: string | null
  readonly pageSize: number
}

export const listSchema: z.ZodType<ListRequest, ListInput | undefined> = z
  .strictObject({
    cursor: z.string().max(500).optional(),
    pageSize: z.number().int().min(1).max(10_000).default(100),
  })
  .transform(({ cursor, pageSize }) => ({ cursor: cursor ?? null, pageSize }))
  .prefault({})

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

/** Input of `usage.ledger`, which may be left out. */
export const ledgerInputSchema = ledgerSchema.prefault({})

/** Input of `alerts.list`, which may be left out. */
export const alertsInputSchema = alertsSchema.prefault({})
