import { dateSchema, nameSchema, type SummaryKey, textSchema } from '@quotakeeper/quota-core'
import { z } from 'zod'

/** Input of an export. */
export interface ExportInput {
  readonly what: 'history' | 'ledger' | 'summary'
  readonly format?: 'csv' | 'jsonl' | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly providerName?: string | undefined
  /** Only usage of this consumer and its descendants; not of history. */
  readonly under?: string | undefined
  readonly groupBy?: readonly SummaryKey[] | undefined
}

/** The days of an export, both included, as `YYYY-MM-DD` in the provider's zone. */
export interface Days {
  readonly from: string
  readonly to: string
}

export type ExportFormat = 'csv' | 'jsonl'

/** A validated export request. */
export type ExportRequest =
  | { readonly what: 'history'; readonly days: Days; readonly providerName: string | null }
  | {
      readonly what: 'ledger'
      readonly days: Days | null
      readonly providerName: string | null
      /** Null for all. */
      readonly under: string | null
    }
  | {
      readonly what: 'summary'
      readonly days: Days
      readonly providerName: string | null
      /** Null for all. */
      readonly under: string | null
      readonly groupBy: readonly SummaryKey[]
    }

/** The schema of the input; {@link exportRequest} checks the combination of its fields. */
export const exportSchema: z.ZodType<
  { readonly format: ExportFormat; readonly request: ExportRequest },
  ExportInput
> = z
  .strictObject({
    what: z.enum(['history', 'ledger', 'summary']),
    format: z.enum(['csv', 'jsonl']).default('csv'),
    from: dateSchema.optional(),
    to: dateSchema.optional(),
    providerName: nameSchema.optional(),
    under: textSchema.optional(),
    groupBy: z
      .array(z.enum(['day', 'hour', 'provider', 'model', 'consumer']))
      .min(1)
      .max(5)
      .readonly()
      .optional(),
  })
  .transform((input, ctx) => {
    const refuse = (field: string, message: string): typeof z.NEVER => {
      ctx.addIssue({ code: 'custom', path: [field], message })
      return z.NEVER
    }
    const { what, format, from, to, groupBy } = input
    const providerName = input.providerName ?? null
    const under = input.under ?? null
    if (groupBy !== undefined && what !== 'summary') return refuse('groupBy', 'is for summaries only')
    if (under !== null && what === 'history') return refuse('under', 'is for summaries and the ledger only')
    if (from === undefined && to !== undefined) return refuse('from', 'must be given together with to')
    if (to === undefined && from !== undefined) return refuse('to', 'must be given together with from')
    const days = from === undefined || to === undefined ? null : { from, to }
    if (days !== null && days.from > days.to) return refuse('to', 'must not be before from')
    if (what === 'ledger') return { format, request: { what, days, providerName, under } }
    if (days === null)
      return refuse('from', `is required for ${what} together with to, such as from=2026-11-01&to=2026-11-30`)
    if (what === 'history') return { format, request: { what, days, providerName } }
    const keys = [...new Set(groupBy ?? (['day', 'provider'] as const))]
    return { format, request: { what, days, providerName, under, groupBy: keys } }
  })
