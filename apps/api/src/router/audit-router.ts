import {
  type AuditedRef,
  type AuditQuery,
  isoInstant,
  nameSchema,
  subjectKindNames,
} from '@quotakeeper/quota-core'
import { z } from 'zod'
import { readProcedure, router } from './trpc.js'

/** Input of `audit.list`; optional. */
export interface AuditInput {
  readonly subject?: AuditedRef | undefined
  /** The `nextCursor` of the previous page. */
  readonly cursor?: string | undefined
  /** 1 to 1,000 rows, 100 unless given. */
  readonly pageSize?: number | undefined
}

export const auditSchema: z.ZodType<AuditQuery, AuditInput | undefined> = z
  .strictObject({
    subject: z
      .strictObject({ kind: z.enum([...subjectKindNames, 'token', 'routing']), name: nameSchema })
      .optional(),
    cursor: z.string().max(500).optional(),
    pageSize: z.number().int().min(1).max(1_000).default(100),
  })
  .transform(({ subject, cursor, pageSize }) => ({
    subject: subject ?? null,
    cursor: cursor ?? null,
    pageSize,
  }))
  .prefault({})

/** The audit log. */
export const auditRouter = router({
  list: readProcedure.input(auditSchema).query(async ({ ctx, input, signal }) => {
    const { rows, nextCursor } = await ctx.audit.page(input, { signal })
    return { rows: rows.map(({ atMs, ...row }) => ({ ...row, at: isoInstant(atMs) })), nextCursor }
  }),
})
