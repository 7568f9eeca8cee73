import { nameSchema, sha256Schema, textSchema } from '@quotakeeper/quota-core'
import { z } from 'zod'

/** Input of `tokens.list`; optional. */
export interface TokensInput {
  /** The `nextCursor` of the previous page. */
  readonly cursor?: string | undefined
  /** 1 to 1,000 rows, 100 unless given. */
  readonly pageSize?: number | undefined
  /** Only tokens of this consumer. */
  readonly consumer?: string | undefined
}

export interface TokensRequest {
  readonly cursor: string | null
  readonly pageSize: number
  readonly consumer: string | null
}

export const tokensSchema: z.ZodType<TokensRequest, TokensInput | undefined> = z
  .strictObject({
    cursor: z.string().max(500).optional(),
    pageSize: z.number().int().min(1).max(1_000).default(100),
    consumer: nameSchema.optional(),
  })
  .transform(({ cursor, pageSize, consumer }) => ({
    cursor: cursor ?? null,
    pageSize,
    consumer: consumer ?? null,
  }))
  .prefault({})

/** Input of `tokens.verify`. */
export interface VerifyInput {
  /** Of the secret that a client has sent. */
  readonly sha256: string
  /** The consumer that the client names; absent for none. */
  readonly consumer?: string | undefined
}

export const verifySchema: z.ZodType<VerifyInput, VerifyInput> = z.strictObject({
  sha256: sha256Schema,
  consumer: textSchema.optional(),
})
