import { z } from 'zod'
import { nameSchema, textSchema } from './text.js'

/** Input of lists of consumers. */
export interface ConsumersInput {
  /** Only direct children of this consumer. */
  readonly parent?: string | undefined
  /** Only this consumer and its descendants. */
  readonly under?: string | undefined
  /** Only consumers of this plan. */
  readonly plan?: string | undefined
  /** Only consumers whose names contain this, in upper or lower case. */
  readonly search?: string | undefined
  /** The `nextCursor` of the previous page. */
  readonly cursor?: string | undefined
  /** 1 to 10,000 rows, 100 unless given. */
  readonly pageSize?: number | undefined
}

/** A parsed {@link ConsumersInput}. */
export interface ConsumersQuery extends Omit<ConsumersInput, 'cursor' | 'pageSize'> {
  /** Null for the first page. */
  readonly cursor: string | null
  /** At most {@link maxConsumersOfPage}. */
  readonly pageSize: number
}

/** Most consumers whose state is read at once. */
export const maxConsumersAtOnce = 1_000

/** Most consumers of a page, whose state is read in turn. */
export const maxConsumersOfPage = 10_000

export const consumersSchema: z.ZodType<ConsumersQuery, ConsumersInput | undefined> = z
  .strictObject({
    parent: nameSchema.optional(),
    under: nameSchema.optional(),
    plan: nameSchema.optional(),
    search: textSchema.optional(),
    cursor: z.string().max(500).optional(),
    pageSize: z.number().int().min(1).max(maxConsumersOfPage).default(100),
  })
  .transform(({ cursor, ...query }) => ({ cursor: cursor ?? null, ...query }))
  .prefault({})
