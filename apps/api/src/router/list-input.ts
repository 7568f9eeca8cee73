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
