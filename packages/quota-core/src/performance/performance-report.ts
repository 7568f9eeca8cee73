import type { CallEndings, CallFigures } from './call-figures.js'

/** What figures are summed by. */
export const performanceGroupings = ['provider', 'model', 'consumer'] as const
export type PerformanceGrouping = (typeof performanceGroupings)[number]

/** Hours of each period, the current one included. */
export const performancePeriods = { '24h': 24, '7d': 168 } as const
export type PerformancePeriod = keyof typeof performancePeriods

/** Days that figures of calls are kept: the longest period, and three times as long before it. */
export const performanceDays = 28

/** Sums of calls by hour, as a gateway reports them. */
export interface CallsReport {
  /** UUID of the gateway's process. */
  readonly reporter: string
  /** From 1 on. A report whose number is not above the last of its reporter has been counted before. */
  readonly number: number
  readonly calls: readonly CallFigures[]
}

/** Which figures to read; null for any. */
export interface PerformanceQuery {
  readonly by: PerformanceGrouping
  readonly period: PerformancePeriod
  readonly providerName: string | null
  readonly model: string | null
  readonly consumer: string | null
  /** Only calls of these consumers; all unless given. */
  readonly consumers?: readonly string[]
  readonly cursor: string | null
  readonly pageSize: number
}

/** Percentiles of durations, in milliseconds. */
export interface Percentiles {
  readonly p50Ms: number
  readonly p95Ms: number
}

/** The figures of a provider, a model or a consumer. */
export interface PerformanceRow extends CallEndings {
  /** `''` for none: no consumer was named, or no provider was called. */
  readonly name: string
  /** Of several names, which are not kept since some hours had too many. */
  readonly isOther: boolean
  /** Calls to vendors. */
  readonly callCount: number
  /** Answered ones of those that ended, 0 to 1; null for none. */
  readonly successShare: number | null
  /** Of answered calls; null for none. */
  readonly duration: Percentiles | null
  /** Of answered streams; null for none. */
  readonly firstToken: Percentiles | null
}

/** A page of figures by name. */
export interface PerformancePage {
  /** ISO-8601: from `from`, a whole hour, to `to`, now. */
  readonly from: string
  readonly to: string
  readonly rows: readonly PerformanceRow[]
  readonly nextCursor: string | null
}
