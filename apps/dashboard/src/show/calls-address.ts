import type { FilterValues } from './filters.js'
import { writeFilters } from './filters.js'
import { callFilters } from './page-filters.js'

/** The calls that a sum is of. */
export type SummedCalls = Partial<FilterValues<typeof callFilters>> & {
  readonly from: string
  readonly to: string
}

/** The address of the calls that a sum is of. */
export function callsAddress(calls: SummedCalls): string {
  return `/calls${writeFilters(callFilters, '', calls)}`
}
