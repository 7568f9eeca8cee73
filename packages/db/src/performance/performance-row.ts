import {
  type CallEndings,
  callsToVendors,
  type DurationHistogram,
  type Percentiles,
  type PerformanceRow,
  percentileMs,
  successShare,
} from '@quotakeeper/quota-core'
import type { Row } from '../database/database.js'

/** A row of sums, as figures. */
export function performanceRow(
  row: Row,
  columns: Readonly<Record<keyof CallEndings, string>>,
): PerformanceRow {
  const countOf = (ending: keyof CallEndings): number => Number(row[columns[ending]])
  const endings: CallEndings = {
    answeredCount: countOf('answeredCount'),
    refusedCount: countOf('refusedCount'),
    failedCount: countOf('failedCount'),
    abortedCount: countOf('abortedCount'),
    turnedAwayCount: countOf('turnedAwayCount'),
  }
  return {
    ...{ name: String(row['name']), isOther: row['is_other'] === true, callCount: callsToVendors(endings) },
    ...endings,
    successShare: successShare(endings),
    duration: percentilesOf(row['durations']),
    firstToken: percentilesOf(row['first_tokens']),
  }
}

/** @param sums a list of sums by bucket; null where no row has the bucket */
function percentilesOf(sums: unknown): Percentiles | null {
  const histogram: DurationHistogram = Array.isArray(sums) ? sums.map(Number) : []
  const p50Ms = percentileMs(histogram, 50)
  const p95Ms = percentileMs(histogram, 95)
  return p50Ms === null || p95Ms === null ? null : { p50Ms, p95Ms }
}
