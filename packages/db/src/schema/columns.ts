import { readWholeNumber, type WholeNumber } from '@quotakeeper/quota-core'
import { customType, timestamp } from 'drizzle-orm/pg-core'

/** An instant, in UTC with whole milliseconds. Read back as an ISO-8601 text, never as a Date. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'string' })

/** A count. PostgreSQL's bigint holds every exact integer of JavaScript; read back as a number. */
export const count = customType<{ data: number; driverData: string | number }>({
  dataType: () => 'bigint',
  fromDriver: value => exactNumber(value),
})

/** A sum that may pass what a bigint holds: of money, or of what a limit has counted. Read back exactly. */
export const sum = customType<{ data: WholeNumber; driverData: string | number }>({
  dataType: () => 'numeric(40, 0)',
  toDriver: value => String(value),
  fromDriver: readWholeNumber,
})

/** A rolling level: units × milliseconds, beyond any integer type. Written and read as text. */
export const level = customType<{ data: bigint; driverData: string }>({
  dataType: () => 'numeric(40, 0)',
  toDriver: value => value.toString(),
  fromDriver: value => BigInt(value),
})

/**
 * A bigint or numeric as PostgreSQL's drivers give it, as a number.
 * @throws RangeError beyond ±(2^53 − 1), rather than rounding.
 */
export function exactNumber(value: string | number | bigint): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new RangeError(`${value} cannot be represented exactly as a number`)
}
