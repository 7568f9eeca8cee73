import {
  instantSchema,
  nameSchema,
  type RequestTrace,
  type TracesQuery,
  textSchema,
} from '@quotakeeper/quota-core'
import { z } from 'zod'

const maxTraces = 100
/** Most attempts and skipped providers of a trace. */
const maxListed = 100
const maxReasons = 50

const instant = z.iso
  .datetime({ error: 'must be an instant such as 2026-11-25T12:00:00.000Z' })
  .refine(text => instantSchema.safeParse(text).success, { error: 'must be of the years 1 to 9999' })
const milliseconds = z.number().int().min(0).max(86_400_000)
const optionalText = z.union([textSchema, z.literal('')])
const httpStatus = z.number().int().min(100).max(599).nullable()
const figure = z.number().min(0).max(Number.MAX_SAFE_INTEGER)

const traceSchema: z.ZodType<RequestTrace, RequestTrace> = z.strictObject({
  requestId: textSchema,
  at: instant,
  model: textSchema,
  outcome: z.enum(['answered', 'refused', 'aborted']),
  httpStatus,
  code: optionalText,
  providerName: optionalText,
  consumer: optionalText.optional(),
  strategy: textSchema,
  isStream: z.boolean(),
  waitedMs: milliseconds,
  durationMs: milliseconds,
  attempts: z
    .array(z.strictObject({ providerName: textSchema, model: optionalText, httpStatus, ending: textSchema }))
    .max(maxListed),
  skipped: z
    .array(
      z.strictObject({
        providerName: textSchema,
        model: optionalText,
        reasons: z
          .array(
            z.strictObject({
              code: textSchema,
              limitId: textSchema.nullable(),
              retryAt: instant.nullable(),
              cause: textSchema.optional(),
              httpStatus: httpStatus.optional(),
              metric: textSchema.optional(),
              window: textSchema.nullish(),
              units: figure.optional(),
              max: figure.optional(),
            }),
          )
          .max(maxReasons),
      }),
    )
    .max(maxListed),
})

/** Input of `requests.report`: at most 100 traces. */
export const reportSchema: z.ZodType<
  { readonly traces: readonly RequestTrace[] },
  { readonly traces: readonly RequestTrace[] }
> = z.strictObject({ traces: z.array(traceSchema).max(maxTraces) })

/** Input of `requests.get`. */
export const requestSchema: z.ZodType<{ readonly requestId: string }, { readonly requestId: string }> =
  z.strictObject({ requestId: textSchema })

/** Input of `requests.list`; optional. */
export interface TracesInput {
  /** The `nextCursor` of the previous page. */
  readonly cursor?: string | undefined
  /** 1 to 1,000 rows, 100 unless given. */
  readonly pageSize?: number | undefined
  readonly outcome?: RequestTrace['outcome'] | undefined
  /** The provider that served them. */
  readonly providerName?: string | undefined
  readonly model?: string | undefined
  /** ISO-8601: from `from`, inclusive, to `to`, exclusive. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export const tracesSchema: z.ZodType<TracesQuery, TracesInput | undefined> = z
  .strictObject({
    cursor: z.string().max(500).optional(),
    pageSize: z.number().int().min(1).max(1_000).default(100),
    outcome: z.enum(['answered', 'refused', 'aborted']).optional(),
    providerName: nameSchema.optional(),
    model: textSchema.optional(),
    from: instant.optional(),
    to: instant.optional(),
  })
  .transform(({ cursor, pageSize, outcome, providerName, model, from, to }) => ({
    cursor: cursor ?? null,
    pageSize,
    outcome: outcome ?? null,
    providerName: providerName ?? null,
    model: model ?? null,
    from: from ?? null,
    to: to ?? null,
  }))
  .prefault({})
