import { z } from 'zod'
import type { AlertSeverity } from '../domain/alert.js'
import { type AttemptState, attemptStates } from '../domain/attempt.js'
import type { RecordedCall } from '../domain/call-request.js'
import type { Metadata } from '../domain/owner.js'
import { type SubjectKind, subjectKindNames } from '../domain/subject-kinds.js'
import type {
  AlertsQuery,
  HistoryQuery,
  LedgerRowsQuery,
  ModelCountersQuery,
  SummaryKey,
  SummaryQuery,
} from '../store.js'
import { type CountsInput, countFields, pickCounts, refuseExcessCached } from './counts-input.js'
import { metadataSchema } from './metadata-input.js'
import { dateSchema, idSchema, instantSchema, nameSchema, textSchema } from './text.js'

/** Input of `record`. */
export interface RecordInput extends CountsInput {
  readonly providerName: string
  readonly model?: string | undefined
  /** UUID; generated unless given. Idempotent: the same id and payload count once. */
  readonly id?: string | undefined
  readonly requestId?: string | undefined
  readonly consumer?: string | undefined
  /** The consumer's end user. */
  readonly endUser?: string | undefined
  /** ISO-8601; now unless given. At most 60 seconds ahead and 90 days ago. */
  readonly occurredAt?: string | undefined
  /** A JSON object of at most 16 KiB. */
  readonly metadata?: Metadata | undefined
}

export interface RecordRequest extends RecordedCall {
  readonly id: string | null
}

export const recordSchema: z.ZodType<RecordRequest, RecordInput> = z
  .strictObject({
    providerName: nameSchema,
    ...countFields,
    model: textSchema.optional(),
    id: idSchema.optional(),
    requestId: textSchema.optional(),
    consumer: textSchema.optional(),
    endUser: textSchema.optional(),
    occurredAt: instantSchema.optional(),
    metadata: metadataSchema.optional(),
  })
  .superRefine(refuseExcessCached)
  .transform(input => ({
    providerName: input.providerName,
    model: input.model ?? '',
    counts: pickCounts(input),
    id: input.id ?? null,
    requestId: input.requestId ?? '',
    consumer: input.consumer ?? '',
    endUser: input.endUser ?? '',
    occurredAtMs: input.occurredAt ?? null,
    metadata: input.metadata ?? {},
  }))

/** The common input of paged lists. */
interface PageInput {
  /** The `nextCursor` of the previous page. */
  readonly cursor?: string | undefined
  /** 1 to 10,000 rows, 100 unless given. */
  readonly pageSize?: number | undefined
}

const pageFields = {
  cursor: z.string().max(500).optional(),
  pageSize: z.number().int().min(1).max(10_000).default(100),
} as const

/** Input of `history`: both days are included. */
export interface HistoryInput extends PageInput {
  readonly providerName?: string | undefined
  readonly from: string
  readonly to: string
}

export const historySchema: z.ZodType<HistoryQuery, HistoryInput> = z
  .strictObject({ providerName: nameSchema.optional(), from: dateSchema, to: dateSchema, ...pageFields })
  .superRefine(refuseBackwards)
  .transform(({ providerName, cursor, ...query }) => ({
    type: 'history',
    providerName: providerName ?? null,
    cursor: cursor ?? null,
    ...query,
  }))

/** Input of `summary`: both days are included. */
export interface SummaryInput extends PageInput {
  readonly providerName?: string | undefined
  readonly from: string
  readonly to: string
  readonly groupBy: readonly SummaryKey[]
  readonly model?: string | undefined
  readonly consumer?: string | undefined
  /** Only usage of this consumer and everything below it; of all unless given. */
  readonly under?: string | undefined
}

export const summarySchema: z.ZodType<SummaryQuery, SummaryInput> = z
  .strictObject({
    providerName: nameSchema.optional(),
    from: dateSchema,
    to: dateSchema,
    groupBy: z
      .array(z.enum(['day', 'hour', 'provider', 'model', 'consumer']))
      .max(5)
      .readonly(),
    model: textSchema.optional(),
    consumer: textSchema.optional(),
    under: textSchema.optional(),
    ...pageFields,
  })
  .superRefine(refuseBackwards)
  .transform(({ providerName, groupBy, model, consumer, under, cursor, ...query }) => ({
    type: 'summary',
    providerName: providerName ?? null,
    groupBy: [...new Set(groupBy)],
    ...(model !== undefined && { model }),
    ...(consumer !== undefined && { consumer }),
    ...(under !== undefined && { under }),
    cursor: cursor ?? null,
    ...query,
  }))

function refuseBackwards(range: { readonly from: string; readonly to: string }, ctx: z.RefinementCtx): void {
  if (range.from > range.to)
    ctx.addIssue({ code: 'custom', path: ['to'], message: 'must not be before from' })
}

/** Input of `ledger`. */
export interface LedgerInput extends PageInput {
  readonly providerName?: string | undefined
  readonly requestId?: string | undefined
  readonly model?: string | undefined
  readonly consumer?: string | undefined
  /** Only rows of this consumer and everything below it; of all unless given. */
  readonly under?: string | undefined
  readonly state?: AttemptState | undefined
  /** The providers' days, both included; both or neither. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export const ledgerSchema: z.ZodType<LedgerRowsQuery, LedgerInput> = z
  .strictObject({
    providerName: nameSchema.optional(),
    requestId: textSchema.optional(),
    model: textSchema.optional(),
    consumer: textSchema.optional(),
    under: textSchema.optional(),
    state: z.enum(attemptStates).optional(),
    from: dateSchema.optional(),
    to: dateSchema.optional(),
    ...pageFields,
  })
  .superRefine(refuseHalfRange)
  .transform(({ providerName, requestId, model, consumer, under, state, from, to, cursor, pageSize }) => ({
    type: 'ledger',
    providerName: providerName ?? null,
    requestId: requestId ?? null,
    ...(model !== undefined && { model }),
    ...(consumer !== undefined && { consumer }),
    ...(under !== undefined && { under }),
    ...(state !== undefined && { state }),
    ...(from !== undefined && to !== undefined && { days: { from, to } }),
    cursor: cursor ?? null,
    pageSize,
  }))

function refuseHalfRange({ from, to }: Pick<LedgerInput, 'from' | 'to'>, ctx: z.RefinementCtx): void {
  const refuse = (field: string, message: string): void =>
    ctx.addIssue({ code: 'custom', path: [field], message })
  if (from === undefined && to !== undefined) refuse('from', 'must be given together with to')
  else if (to === undefined && from !== undefined) refuse('to', 'must be given together with from')
  else if (from !== undefined && to !== undefined) refuseBackwards({ from, to }, ctx)
}

/** Input of `modelLimits`. */
export interface ModelCountersInput extends PageInput {
  readonly providerName: string
}

export const modelCountersSchema: z.ZodType<ModelCountersQuery, ModelCountersInput> = z
  .strictObject({ providerName: nameSchema, ...pageFields })
  .transform(({ providerName, cursor, pageSize }) => ({
    type: 'modelCounters',
    providerName,
    cursor: cursor ?? null,
    pageSize,
  }))

/** Input of `alerts`. */
export interface AlertsInput extends PageInput {
  readonly subject?: { readonly kind: SubjectKind; readonly name: string } | undefined
  readonly severity?: AlertSeverity | undefined
}

export const alertsSchema: z.ZodType<AlertsQuery, AlertsInput> = z
  .strictObject({
    subject: z.strictObject({ kind: z.enum(subjectKindNames), name: nameSchema }).optional(),
    severity: z.enum(['warning', 'critical', 'error']).optional(),
    ...pageFields,
  })
  .transform(({ subject, severity, cursor, pageSize }) => ({
    type: 'alerts',
    subjectKind: subject?.kind ?? null,
    subjectName: subject?.name ?? null,
    severity: severity ?? null,
    cursor: cursor ?? null,
    pageSize,
  }))

/** Input of `reset`: one provider, or all of them. */
export type ResetInput = { readonly providerName: string } | { readonly all: true }

export const resetSchema: z.ZodType<ResetInput, ResetInput> = z.union(
  [z.strictObject({ providerName: nameSchema }), z.strictObject({ all: z.literal(true) })],
  { error: 'must be { providerName } for one provider or { all: true } for all' },
)
