import {
  bucketCount,
  type CallFigures,
  type CallsReport,
  type DurationHistogram,
  idSchema,
  nameSchema,
  type PerformanceGrouping,
  type PerformancePeriod,
  type PerformanceQuery,
  performanceGroupings,
  textSchema,
} from '@quotakeeper/quota-core'
import { z } from 'zod'

/** Most sums of a report. */
const maxCalls = 100

const optionalText = z.union([textSchema, z.literal('')])
/** Of one gateway within some seconds; also what a bucket holds at most. */
const count = z.number().int().min(0).max(1_000_000_000)
const histogram: z.ZodType<DurationHistogram, DurationHistogram> = z.array(count).max(bucketCount)
const hourStart = z.iso
  .datetime({ error: 'must be a whole hour such as 2026-11-25T12:00:00.000Z' })
  .regex(/^20\d\d-.*:00:00\.000Z$/, { error: 'must be a whole hour such as 2026-11-25T12:00:00.000Z' })

const callsSchema: z.ZodType<CallFigures, CallFigures> = z.strictObject({
  hourStart,
  providerName: z.union([nameSchema, z.literal('')]),
  model: optionalText,
  consumer: optionalText,
  isOther: z.boolean(),
  answeredCount: count,
  refusedCount: count,
  failedCount: count,
  abortedCount: count,
  turnedAwayCount: count,
  durations: histogram,
  firstTokens: histogram,
})

/** Input of `performance.report`: at most 100 sums. */
export const callsReportSchema: z.ZodType<CallsReport, CallsReport> = z.strictObject({
  reporter: idSchema,
  number: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  calls: z.array(callsSchema).max(maxCalls),
})

/** Input of `performance.get`. */
export interface PerformanceInput {
  readonly by: PerformanceGrouping
  /** The current hour and the 23 or 167 before it; `24h` unless given. */
  readonly period?: PerformancePeriod | undefined
  readonly providerName?: string | undefined
  readonly model?: string | undefined
  readonly consumer?: string | undefined
  /** The `nextCursor` of the previous page. */
  readonly cursor?: string | undefined
  /** 1 to 1,000 rows, 100 unless given. */
  readonly pageSize?: number | undefined
}

export const performanceSchema: z.ZodType<PerformanceQuery, PerformanceInput> = z
  .strictObject({
    by: z.enum(performanceGroupings),
    period: z.enum(['24h', '7d']).default('24h'),
    providerName: nameSchema.optional(),
    model: textSchema.optional(),
    consumer: textSchema.optional(),
    cursor: z.string().max(500).optional(),
    pageSize: z.number().int().min(1).max(1_000).default(100),
  })
  .transform(({ by, period, providerName, model, consumer, cursor, pageSize }) => ({
    ...{ by, period, pageSize },
    providerName: providerName ?? null,
    model: model ?? null,
    consumer: consumer ?? null,
    cursor: cursor ?? null,
  }))
