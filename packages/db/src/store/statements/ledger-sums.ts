import { consumerKind, type LedgerQuery, type LedgerSum, type SubjectKind } from '@quotakeeper/quota-core'
import type { Row, Statement } from '../../database/database.js'
import { countColumnNames, readSums } from './attempt-columns.js'
import { namesUnder } from './descendants.js'
import { sent } from './rows.js'
import { concernsSubject, factColumns, readSubjectsOf, subjectsOfRow } from './subject-rows.js'

/** The latest instant that is asked for: PostgreSQL's calendar ends before JavaScript's integers do. */
const farAwayMs = Date.UTC(9_999, 0)

const isHeld = "state = 'pending' and occurred_at >= $4"

const sums = [
  ...countColumnNames.flatMap(column => [
    `coalesce(sum(${column}) filter (where occurred_at >= $2), 0) as ${column}`,
    `coalesce(sum(reserved_${column}) filter (where ${isHeld}), 0) as reserved_${column}`,
  ]),
  `count(*) filter (where ${isHeld}) as held_calls`,
]

/**
 * Reads sums over the ledger, for limits that are added and for resets. Not on the hot path. Indexes lead to the rows
 * of a provider, a pool or a consumer; those of other subjects, and of a consumer that members have left, are looked for
 * among the rows of each provider in the window.
 */
export function ledgerSums({ subject, fromMs, bucketMs, heldFromMs }: LedgerQuery): Statement {
  const { kind, name } = subject
  const column = factColumns.get(kind)
  const elapsedMs = 'extract(epoch from occurred_at - $2::timestamptz) * 1000'
  return {
    name: column === undefined && kind !== consumerKind ? 'ledger-sums' : `ledger-sums-${kind}`,
    text: `with s as materialized (select id, kind, name, owner from quota_subject where kind = $5 and name = $1)${kind === consumerKind ? membersOfConsumer : ''}
      select g.*, ${subjectsOfRow} as subjects from (
        select subject_ids, provider_name, pool_name, model, consumer, end_user, date::text as date, greatest(0, floor(${elapsedMs} / $3::bigint))::bigint as bucket, ${sums.join(', ')}
        from ${rowsOf(kind)}
        group by 1, 2, 3, 4, 5, 6, 7, 8
      ) as g`,
    values: [name, sent(fromMs), bucketMs, sent(Math.min(heldFromMs, farAwayMs)), kind],
  }
}

const isOfSubject = `exists (select from s where ${concernsSubject})`

/**
 * Rows of the window, and older ones that are pending. Plans are generic: with one condition for both, all pending
 * attempts of everybody were looked through, and of a pool without `<> ''` the whole ledger. Whether there are rows at
 * all is asked first, since a new provider or pool has none: by the index of the column, to which the order leads.
 */
function rowsByFact(column: string): string {
  const rowsIn = (times: string, more = ''): string => {
    const isIn = `${column} = $1 and ${column} <> '' and ${times}`
    const isAny = `(select true from usage_attempt where ${isIn} order by occurred_at limit 1)`
    return `select * from usage_attempt as a where ${isIn} ${more} and ${isOfSubject} and ${isAny}`
  }
  return `(
    ${rowsIn('occurred_at >= $2::timestamptz')}
    union all
    ${rowsIn('occurred_at < $2::timestamptz and occurred_at >= $4::timestamptz', "and state = 'pending'")}
  ) as rows`
}

const rowsOfAny = `(
    select own.* from (select name from ai_provider union all select '') as p cross join lateral (
      select * from usage_attempt as a
      where provider_name = p.name and occurred_at >= $2::timestamptz and ${isOfSubject}) as own
    union all
    select * from usage_attempt as a
    where state = 'pending' and occurred_at < $2::timestamptz and occurred_at >= $4::timestamptz and ${isOfSubject}
  ) as rows`

/**
 * The consumer and all that are below it, removed ones too: its calls were made for these, unless a member has left.
 * Calls that they made before they were below it do not have it among their subjects.
 */
const membersOfConsumer = `,
  members as materialized (${namesUnder('$5', '$1')})`

const hasLostMembers = "(select owner->>'lostMembers' is not null from s)"

/** The first row of a member at some time: by the index of consumers, to which the order leads. */
const firstOfMember = (times: string): string =>
  `(select true from usage_attempt where consumer = members.name and consumer <> '' and ${times} order by occurred_at limit 1)`

/**
 * Without the index of consumers, each of 500 consumers that get a limit scanned the calls of all of them. Whether a member
 * has rows at all is asked first, since a new consumer has none: with statistics of an installation in which one consumer
 * makes most calls, the rows of all were read.
 */
const rowsOfConsumer = `(
    select own.* from members cross join lateral (
      select * from usage_attempt as a
      where consumer = members.name and consumer <> '' and occurred_at >= $2::timestamptz and ${isOfSubject}
        and ${firstOfMember('occurred_at >= $2::timestamptz')}
      order by occurred_at) as own
    where not ${hasLostMembers}
    union all
    select own.* from (select name from ai_provider union all select '') as p cross join lateral (
      select * from usage_attempt as a
      where provider_name = p.name and occurred_at >= $2::timestamptz and ${isOfSubject}) as own
    where ${hasLostMembers}
    union all
    select * from usage_attempt as a
    where state = 'pending' and occurred_at < $2::timestamptz and occurred_at >= $4::timestamptz and ${isOfSubject}
      and (${hasLostMembers} or exists (
        select from members where ${firstOfMember('occurred_at < $2::timestamptz and occurred_at >= $4::timestamptz')}))
  ) as rows`

function rowsOf(kind: SubjectKind): string {
  if (kind === consumerKind) return rowsOfConsumer
  const column = factColumns.get(kind)
  return column === undefined ? rowsOfAny : rowsByFact(column)
}

/** A sum as its row gives it. */
export function readLedgerSum(row: Row, { fromMs, bucketMs }: LedgerQuery): LedgerSum {
  return {
    subjects: readSubjectsOf(row),
    providerName: String(row['provider_name']),
    poolName: row['pool_name'] === '' ? null : String(row['pool_name']),
    model: String(row['model']),
    consumer: String(row['consumer']),
    endUser: String(row['end_user']),
    date: String(row['date']),
    bucketStartMs: fromMs + Number(row['bucket']) * bucketMs,
    charged: readSums(row),
    held: readSums(row, 'reserved_'),
    heldCalls: Number(row['held_calls']),
  }
}
