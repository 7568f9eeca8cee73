import type { Statement } from '../database/database.js'

/**
 * Removes old sums by hour, a bounded number, and answers how many. They are not written to any more: the ledger's rows
 * that they sum up are removed. Those that another process is removing are skipped. One more day than asked for is kept,
 * since days depend on the providers' time zones.
 */
export function deleteOldHours(hourlyDays: number, most: number): Statement {
  return {
    name: 'delete-old-hours',
    text: `with gone as (
        delete from usage_hourly where ctid = any(array(
          select ctid from usage_hourly
          where date < (select (clock_timestamp() at time zone 'UTC')::date - $1::int - 1)
          limit $2 for update skip locked
        )) returning 1)
      select count(*)::int as count from gone`,
    values: [hourlyDays, most],
  }
}
