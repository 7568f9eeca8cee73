import type { LedgerQuery, LedgerSum } from '@quotakeeper/quota-core'
import type { Row, Statement } from '../../database/database.js'
import { countColumnNames, readSums } from './attempt-columns.js'
import { sent } from './instants.js'

/** The farthest instant that is asked for: PostgreSQL's calendar ends before JavaScript's integers do. */
const farAwayMs = Date.UTC(9_999, 0)

const sums = countColumnNames.flatMap(column => [
  `coalesce(sum(${column}) filter (where occurred_at >= $2), 0) as ${column}`,
  `coalesce(sum(reserved_${column}) filter (where state = 'pending' and occurred_at >= $4), 0) as reserved_${column}`,
])

/** Reads sums over the ledger, for limits that are added and for resets. Not on the hot path. */
export function ledgerSums({ subject, fromMs, bucketMs, heldFromMs }: LedgerQuery): Statement {
  const column = subject.kind === 'provider' ? 'provider_name' : 'pool_name'
  const elapsedMs = 'extract(epoch from occurred_at - $2::timestamptz) * 1000'
  return {
    name: `ledger-sums-${subject.kind}`,
    text: `select provider_name, pool_name, model, consumer, date::text as date, greatest(0, floor(${elapsedMs} / $3::bigint))::bigint as bucket, ${sums.join(', ')}
      from usage_attempt
      where ${column} = $1 and (occurred_at >= $2::timestamptz or (state = 'pending' and occurred_at >= $4::timestamptz))
      group by 1, 2, 3, 4, 5, 6`,
    values: [subject.name, sent(fromMs), bucketMs, sent(Math.min(heldFromMs, farAwayMs))],
  }
}

/** A sum as its row gives it. */
export function readLedgerSum(row: Row, { fromMs, bucketMs }: LedgerQuery): LedgerSum {
  return {
    providerName: String(row['provider_name']),
    poolName: row['pool_name'] === '' ? null : String(row['pool_name']),
    model: String(row['model']),
    consumer: String(row['consumer']),
    date: String(row['date']),
    bucketStartMs: fromMs + Number(row['bucket']) * bucketMs,
    charged: readSums(row),
    held: readSums(row, 'reserved_'),
  }
}
