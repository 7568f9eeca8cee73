import {
  bucketCount,
  type CallFigures,
  type CallGroup,
  CallSums,
  type CallsReport,
  callEndings,
  callGroupKey,
  type DurationHistogram,
  groupWithin,
  hasNoProvider,
  hourStartOf,
  type PerformancePage,
  type PerformanceQuery,
  performanceDays,
  performancePeriods,
  QuotaError,
  type ReadOptions,
} from '@quotakeeper/quota-core'
import type { Database, Session, Statement } from '../database/database.js'
import { decodeCursor, pageOf } from '../reads/cursor.js'
import { Conditions, readRows } from '../reads/read-rows.js'
import { withCheckedSession } from '../store/failures.js'
import { fromMs, msOf, overRows } from '../store/statements/rows.js'
import { begin, commit, rollback } from '../store/statements/transaction.js'
import { performanceRow } from './performance-row.js'

/**
 * Groups of an hour with a provider, beyond which calls are counted without their model and consumer: a week of as many,
 * 168,000 rows, was summed in 1.5 s on a busy machine. Concurrent reports, which see each other's groups later, may add their own 100 each.
 */
const maxGroupsOfHour = 1_000
const rowsOfStep = 1_000
const hourMs = 3_600_000
const dayMs = 24 * hourMs

const groupColumns = [
  {
    ...{ name: 'hour_start', type: 'bigint', cast: fromMs },
    value: (group: CallGroup) => Date.parse(group.hourStart),
  },
  { name: 'provider_name', type: 'text', value: (group: CallGroup) => group.providerName },
  { name: 'model', type: 'text', value: (group: CallGroup) => group.model },
  { name: 'consumer', type: 'text', value: (group: CallGroup) => group.consumer },
  { name: 'is_other', type: 'boolean', value: (group: CallGroup) => group.isOther },
] as const
const groupNames = groupColumns.map(({ name }) => name).join(', ')

const endingColumns = {
  answeredCount: 'answered_count',
  refusedCount: 'refused_count',
  failedCount: 'failed_count',
  abortedCount: 'aborted_count',
  turnedAwayCount: 'turned_away_count',
} as const

/** The largest integer: beyond it, no duration is counted, so that no report can make those after it fail. */
const maxOfBucket = 2_147_483_647

// unnest would flatten an array of arrays.
const histogramCast = "string_to_array(%, ',')::int[]"
const histogramSum = (column: string): string =>
  `${column} = array(select least(coalesce(old, 0)::bigint + coalesce(new, 0), ${maxOfBucket})::int
    from unnest(c.${column}, excluded.${column}) with ordinality as u(old, new, bucket) order by bucket)`

const addCalls = overRows<CallFigures>(
  'add-calls',
  [
    ...groupColumns,
    ...callEndings.map(ending => ({
      ...{ name: endingColumns[ending], type: 'bigint' },
      value: (row: CallFigures) => row[ending],
    })),
    { name: 'durations', type: 'text', cast: histogramCast, value: row => textOf(row.durations) },
    { name: 'first_tokens', type: 'text', cast: histogramCast, value: row => textOf(row.firstTokens) },
  ],
  ({ names, values, rows }) =>
    `insert into call_hourly as c (${names}) select ${values} from ${rows}
      on conflict (${groupNames}) do update set
        ${Object.values(endingColumns)
          .map(column => `${column} = c.${column} + excluded.${column}`)
          .join(', ')},
        ${histogramSum('durations')}, ${histogramSum('first_tokens')}`,
)

function textOf(histogram: DurationHistogram): string {
  return histogram.map(count => Math.min(count, maxOfBucket)).join(',')
}

const knownGroups = overRows<CallGroup>(
  'known-call-groups',
  groupColumns,
  ({ values, rows }) =>
    `select ${msOf('hour_start')}, provider_name, model, consumer, is_other from call_hourly
      where (${groupNames}) in (select ${values} from ${rows})`,
)

/** The groups of each hour with a provider, and those without. */
function groupsOfHours(hours: readonly string[]): Statement {
  const counted = (condition: string): string =>
    `(select count(*) from (select from call_hourly where hour_start = to_timestamp(h.at::float8 / 1000)
      and ${condition} limit ${2 * maxGroupsOfHour}) as few)`
  return {
    name: 'call-groups-of-hours',
    text: `select h.at as hour_start_ms, ${counted("provider_name <> ''")} as count,
        ${counted("provider_name = ''")} as count_without
      from unnest($1::bigint[]) as h(at)`,
    values: [hours.map(hour => Date.parse(hour))],
  }
}

/**
 * Takes the place of the last report of this reporter, under its lock: of two of the same number at once, the second waits
 * for the first, and then finds no row to change. Answers the database's clock.
 */
function takeNumber({ reporter, number }: CallsReport): Statement {
  return {
    name: 'take-call-report',
    text: `insert into call_report as r (reporter, number, reported_at) values ($1, $2, clock_timestamp())
      on conflict (reporter) do update set number = excluded.number, reported_at = excluded.reported_at
        where r.number < excluded.number
      returning floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms`,
    values: [reporter, number],
  }
}

/** Calls by hour, provider, model and consumer, as gateways report them. Separate from quotas, and kept for 28 days. */
export class CallBook {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Adds a gateway's report, in one transaction with its number: each is counted once, however often and to whichever
   * process it is sent. Hours ahead of the database's clock are counted in the current one; those that are no longer kept
   * are left out.
   *
   * @returns whether it was new @throws QuotaError STORE_UNAVAILABLE; DatabaseFailure
   */
  async add(report: CallsReport): Promise<boolean> {
    return withCheckedSession(this.#database, async session => {
      const [, [taken] = []] = await session.run([begin, takeNumber(report)])
      if (taken === undefined) {
        await session.run([rollback])
        return false
      }
      const rows = await placed(session, keptCalls(report.calls, Number(taken['now_ms'])))
      await session.run(rows.length === 0 ? [commit] : [addCalls(rows), commit])
      return true
    })
  }

  /**
   * Figures of the period by name: the current hour and those before it.
   * @throws QuotaError INVALID_INPUT for a foreign cursor, READ_REFUSED; as {@link add} does
   */
  async page(query: PerformanceQuery, nowMs: number, options?: ReadOptions): Promise<PerformancePage> {
    const { by, period, providerName, model, consumer, consumers, cursor, pageSize } = query
    const fromMs = Date.parse(hourStartOf(nowMs)) - (performancePeriods[period] - 1) * hourMs
    const name = { provider: 'provider_name', model: 'model', consumer: 'consumer' }[by]
    const isOther = by === 'provider' ? "(is_other and provider_name = '')" : 'is_other'
    const where = new Conditions()
    where.add(`hour_start >= to_timestamp(${where.value(fromMs)}::float8 / 1000)`)
    if (providerName !== null) where.add(`provider_name = ${where.value(providerName)}`)
    if (model !== null) where.add(`model = ${where.value(model)}`)
    if (consumer !== null) where.add(`consumer = ${where.value(consumer)}`)
    if (consumers !== undefined) where.add(`consumer = any(${where.value([...consumers])}::text[])`)
    // Calls of several consumers are nobody's own.
    if (consumer !== null || consumers !== undefined) where.add('not is_other')
    if (this.#database.kind === 'pglite') await refuseLongSum(this.#database, where, options)
    if (cursor !== null) {
      const [after = '', other = ''] = decodeCursor(cursor, ['text', 'integer'])
      const position = `(${where.value(after)}, ${where.value(other)}::int)`
      where.add(`(${name} collate "C", ${isOther}::int) > ${position}`)
    }
    const text = `select ${name} collate "C" as name, ${isOther} as is_other, ${sums}
      from call_hourly where ${where} group by 1, 2 order by 1, 2 limit ${pageSize + 1}`
    const rows = await readRows(this.#database, { name: '', text, values: where.values }, options)
    const page = pageOf(rows, pageSize, row => [String(row['name']), row['is_other'] === true ? 1 : 0])
    return {
      ...{ from: new Date(fromMs).toISOString(), to: new Date(nowMs).toISOString() },
      rows: page.rows.map(row => performanceRow(row, endingColumns)),
      nextCursor: page.nextCursor,
    }
  }

  /** Removes hours and numbers of reports that are older, a bounded number. @returns how many; 0: none is left */
  async prune(): Promise<number> {
    const removed = await this.#database.withSession(session =>
      session.run([deleteOld('call_hourly', 'hour_start'), deleteOld('call_report', 'reported_at')]),
    )
    return removed.reduce((sum, [row]) => sum + Number(row?.['count'] ?? 0), 0)
  }
}

/**
 * Rows that one sum on PGlite goes over. It has no time-out: it runs in this thread, and blocks it. 24,000 took 4.5 s on a
 * machine with twelve times as much to do as it could.
 */
const maxRowsOfPgliteSum = 20_000

/** @throws QuotaError READ_REFUSED */
async function refuseLongSum(database: Database, where: Conditions, options?: ReadOptions): Promise<void> {
  const text = `select count(*)::int as count from
    (select from call_hourly where ${where} limit ${maxRowsOfPgliteSum + 1}) as r`
  const [row] = await readRows(database, { name: '', text, values: where.values }, options)
  if (Number(row?.['count']) <= maxRowsOfPgliteSum) return
  throw new QuotaError(
    'READ_REFUSED',
    `these figures are sums of more than ${maxRowsOfPgliteSum} rows, which takes too long on PGlite: ask for 24 hours or one provider, or use PostgreSQL (QUOTA_DATABASE_URL)`,
  )
}

/** Buckets one by one: unnested and summed by bucket, 168,000 rows took 5.1 s instead of 1.5. */
const buckets = Array.from({ length: bucketCount }, (_, index) => index + 1)
const sums = [
  ...Object.values(endingColumns).map(column => `sum(${column})::bigint as ${column}`),
  ...['durations', 'first_tokens'].map(
    column => `to_json(array[${buckets.map(bucket => `sum(${column}[${bucket}])`).join(', ')}]) as ${column}`,
  ),
].join(', ')

function deleteOld(table: string, column: string): Statement {
  return {
    name: `delete-old-${table}`,
    text: `with gone as (
        delete from ${table} where ctid = any(array(
          select ctid from ${table} where ${column} < clock_timestamp() - interval '${performanceDays} days'
          limit ${rowsOfStep} for update skip locked
        )) returning 1)
      select count(*)::int as count from gone`,
    values: [],
  }
}

/** The calls of a report that are kept, none ahead of now. */
function keptCalls(calls: readonly CallFigures[], nowMs: number): readonly CallFigures[] {
  const thisHour = hourStartOf(nowMs)
  const oldest = hourStartOf(nowMs - performanceDays * dayMs)
  return calls
    .filter(({ hourStart }) => hourStart > oldest)
    .map(figures => (figures.hourStart > thisHour ? { ...figures, hourStart: thisHour } : figures))
}

/** The calls in the groups that their hours have room for, in one order, so that concurrent reports cannot deadlock. */
async function placed(session: Session, calls: readonly CallFigures[]): Promise<readonly CallFigures[]> {
  if (calls.length === 0) return []
  const hours = [...new Set(calls.map(({ hourStart }) => hourStart))]
  const [counts = [], found = []] = await session.run([groupsOfHours(hours), knownGroups(placesOf(calls))])
  const kindOf = (group: Pick<CallGroup, 'hourStart' | 'providerName'>): string =>
    `${Date.parse(group.hourStart)} ${hasNoProvider(group)}`
  const countOf = new Map<string, number>()
  for (const row of counts) {
    countOf.set(`${row['hour_start_ms']} false`, Number(row['count']))
    countOf.set(`${row['hour_start_ms']} true`, Number(row['count_without']))
  }
  const known = new Set(
    found.map(row =>
      callGroupKey({
        hourStart: new Date(Number(row['hour_start_ms'])).toISOString(),
        providerName: String(row['provider_name']),
        model: String(row['model']),
        consumer: String(row['consumer']),
        isOther: row['is_other'] === true,
      }),
    ),
  )
  const sums = new CallSums(Number.POSITIVE_INFINITY)
  for (const figures of calls) {
    const count = countOf.get(kindOf(figures)) ?? 0
    const has = (group: CallGroup): boolean => known.has(callGroupKey(group))
    const group = groupWithin(figures, { count, has, maxGroups: maxGroupsOfHour })
    if (!has(group)) countOf.set(kindOf(group), (countOf.get(kindOf(group)) ?? 0) + 1)
    known.add(callGroupKey(group))
    const { hourStart, providerName, model, consumer, isOther } = group
    sums.add({ ...figures, hourStart, providerName, model, consumer, isOther })
  }
  return sums.list().toSorted((left, right) => (callGroupKey(left) < callGroupKey(right) ? -1 : 1))
}

/** Every group in which some of the calls may be counted. */
function placesOf(calls: readonly CallGroup[]): readonly CallGroup[] {
  const places = new Map<string, CallGroup>()
  for (const { hourStart, providerName, model, consumer, isOther } of calls) {
    const rest = { hourStart, model: '', consumer: '', isOther: true }
    for (const place of [
      { hourStart, providerName, model, consumer, isOther },
      { ...rest, providerName },
      { ...rest, providerName: '' },
    ])
      places.set(callGroupKey(place), place)
  }
  return [...places.values()]
}
