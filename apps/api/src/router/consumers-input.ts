import { type ConsumersQuery, maxConsumersAtOnce, nameSchema, textSchema } from '@quotakeeper/quota-core'
import { z } from 'zod'

/** Input of lists of consumers. */
export interface ConsumersInput {
  /** Only direct children of this consumer. */
  readonly parent?: string | undefined
  /** Only this consumer and its descendants. */
  readonly under?: string | undefined
  /** Only consumers of this plan. */
  readonly plan?: string | undefined
  /** The `nextCursor` of the previous page. */
  readonly cursor?: string | undefined
  /** 1 to 1,000 rows, 100 unless given. */
  readonly pageSize?: number | undefined
}

export const consumersSchema: z.ZodType<ConsumersQuery, ConsumersInput | undefined> = z
  .strictObject({
    parent: nameSchema.optional(),
    under: nameSchema.optional(),
    plan: nameSchema.optional(),
    cursor: z.string().max(500).optional(),
    pageSize: z.number().int().min(1).max(maxConsumersAtOnce).default(100),
  })
  .transform(({ cursor, ...query }) => ({ cursor: cursor ?? null, ...query }))
  .prefault({})

/** Input that names a consumer as calls do: a label may have any letters. */
export const consumerNameSchema: z.ZodType<{ readonly name: string }, { readonly name: string }> =
  z.strictObject({
    name: textSchema,
  })
