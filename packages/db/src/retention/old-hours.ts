import type { Statement } from '../database/database.js'

/**
 * Removes old sums by hour, a bounded number, and answers how many. Nobody writes to them any more: the
 * ledger's rows that they add up are gone. Those that another process is removing are passed over. A day
 * more than asked for is kept, since days are the providers' own.
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
