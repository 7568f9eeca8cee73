import { isoInstant } from '@quotakeeper/quota-core'

/** Milliseconds of an instant column, as SQL: whole, since the columns keep no more. */
export function msOf(column: string): string {
  return `(extract(epoch from ${column}) * 1000)::bigint as ${column}_ms`
}

/** How an instant column is written from milliseconds, which are sent and read faster than texts. */
export const fromMs = 'to_timestamp(%::float8 / 1000)'

/** An instant as it is sent by itself. */
export function sent(instantMs: number | null): string | null {
  return instantMs === null ? null : isoInstant(instantMs)
}

/** An instant that may be missing, as it is read by {@link msOf}. */
export function readMs(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}
