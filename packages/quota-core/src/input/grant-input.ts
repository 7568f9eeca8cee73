import { z } from 'zod'
import type { SubjectRef } from '../domain/subject.js'
import { type SubjectKind, subjectKindNames } from '../domain/subject-kinds.js'
import { idSchema, instantSchema, nameSchema, textSchema } from './text.js'

/** Input of `grantQuota`. */
export interface GrantInput {
  readonly subject: SubjectRef
  readonly limitId: string
  /** Units of the limit's metric, at least 1; cost in millionths of a US dollar. */
  readonly amount: number
  /** ISO-8601, in the future. */
  readonly until: string
  /** UUID of the grant; generated unless given. Idempotent: a repeated grant is added once. */
  readonly id?: string | undefined
}

/** A parsed grant. */
export interface GrantRequest {
  /** Null to generate one. */
  readonly id: string | null
  readonly subject: SubjectRef
  readonly limitId: string
  readonly amount: number
  readonly untilMs: number
}

const kindSchema: z.ZodType<SubjectKind, SubjectKind> = z.enum(subjectKindNames)

export const grantSchema: z.ZodType<GrantRequest, GrantInput> = z
  .strictObject({
    subject: z.strictObject({ kind: kindSchema, name: nameSchema }),
    limitId: textSchema,
    amount: z
      .number({ error: 'must be a whole number of at least 1' })
      .int({ error: 'must be a whole number' })
      .min(1, { error: 'must be at least 1' })
      .max(Number.MAX_SAFE_INTEGER, { error: 'must be at most 9007199254740991' }),
    until: instantSchema,
    id: idSchema.optional(),
  })
  .transform(({ id = null, subject, limitId, amount, until }) => ({
    ...{ id, subject, limitId, amount },
    untilMs: until,
  }))
