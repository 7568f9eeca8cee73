import {
  type Counter,
  type CounterKey,
  type ListedLimit,
  readWholeNumber,
  type SubjectRef,
} from '@quotakeeper/quota-core'
import type { Row, Statement } from '../../database/database.js'
import { exactNumber } from '../../schema/columns.js'
import { writerNumber } from '../../writer.js'
import { chainsOf } from './chains.js'
import { type Column, fromMs, msOf, overRows, type RowStatement } from './rows.js'

/** Columns of a counter: rows for {@link readCounter}. */
export const counterSelection: string = `subject_kind, subject_name, limit_id, model, ${msOf('window_start')}, used::text, level::text, held::text,
  observed, ${msOf('at')}, alerted_percents, told`

/** The names of the columns of {@link counterSelection}. */
export const counterColumns: readonly string[] = [
  'subject_kind',
  'subject_name',
  'limit_id',
  'model',
  'window_start_ms',
  'used',
  'level',
  'held',
  'observed',
  'at_ms',
  'alerted_percents',
  'told',
]

/** Which counters to read. */
export interface CounterRequest {
  /** Those of these keys. */
  readonly keys: readonly CounterKey[]
  /** Every one of these subjects. */
  readonly whole: readonly SubjectRef[]
}

/** How many parameters a {@link CounterRequest} has. */
export const counterValueCount = 6

/** The parameters of {@link requestedCounterRows}. */
export function counterValues({ keys, whole }: CounterRequest): readonly unknown[] {
  return [
    keys.map(({ subject }) => subject.kind),
    keys.map(({ subject }) => subject.name),
    keys.map(({ limitId }) => limitId),
    keys.map(({ model }) => model),
    whole.map(({ kind }) => kind),
    whole.map(({ name }) => name),
  ]
}

/**
 * The counters of a request whose parameters begin at `first`: rows for {@link readCounter}. By their whole keys: by
 * subject and model alone, all models of a subject would be looked through in the index.
 */
export function requestedCounterRows(first: number): string {
  return `select ${counterSelection} from unnest($${first}::text[], $${first + 1}::text[], $${first + 2}::text[], $${first + 3}::text[])
      as k(of_kind, of_name, of_limit, of_model)
    join quota_counter on subject_kind = of_kind and subject_name = of_name and limit_id = of_limit and model = of_model
    union all
    select ${counterSelection} from quota_counter
    where (subject_kind, subject_name) in (select * from unnest($${first + 4}::text[], $${first + 5}::text[]))`
}

/** The counters that models share, of the kinds at `kinds`, and those of the keys at `first`. */
export function sharedCounterRows(kinds: number, first: number): string {
  return `select ${counterSelection} from quota_counter where model = '' and subject_kind = any($${kinds}::text[])
    union all ${requestedCounterRows(first)}`
}

/** Counters of these models, the shared ones included, of some subjects and all of their ancestors. */
export function readCountersOfChains(subjects: readonly SubjectRef[], models: readonly string[]): Statement {
  return {
    name: 'counters-of-chains',
    text: `${chainsOf('$1', '$2')}
      select c.* from chain cross join lateral (
        select ${counterSelection} from quota_counter
        where subject_kind = chain.kind and subject_name = chain.name and model = any($3::text[]) offset 0
      ) as c`,
    values: [subjects.map(({ kind }) => kind), subjects.map(({ name }) => name), ['', ...models]],
  }
}

/** Every counter. */
export const everyCounterRows: string = `select ${counterSelection} from quota_counter`

/** The parameters of {@link newestCounterRows}. */
export function newestValues(limits: readonly ListedLimit[]): readonly unknown[] {
  return [
    limits.map(({ subject }) => subject.kind),
    limits.map(({ subject }) => subject.name),
    limits.map(({ limitId }) => limitId),
    limits.map(({ maxCounters }) => maxCounters),
  ]
}

/** Of each of the limits at `first` the counters of single models that were touched last, and how many there are. */
export function newestCounterRows(first: number): string {
  return `select newest.* from unnest($${first}::text[], $${first + 1}::text[], $${first + 2}::text[], $${first + 3}::int[])
      as k(of_kind, of_name, of_limit, max_counters)
    cross join lateral (
      select ${counterSelection}, count(*) over () as model_count, row_number() over (order by at desc, model) as rank
      from quota_counter where subject_kind = of_kind and subject_name = of_name and limit_id = of_limit and model <> ''
    ) as newest where rank <= max_counters`
}

/** Reads the counters of a request. */
export function readCounters(request: CounterRequest): Statement {
  return { name: 'counters', text: requestedCounterRows(1), values: counterValues(request) }
}

const keyColumns: readonly Column<Counter>[] = [
  { name: 'subject_kind', type: 'text', value: row => row.subject.kind },
  { name: 'subject_name', type: 'text', value: row => row.subject.name },
  { name: 'limit_id', type: 'text', value: row => row.limitId },
  { name: 'model', type: 'text', value: row => row.model },
]

const valueColumns: readonly Column<Counter>[] = [
  { name: 'window_start', type: 'bigint', cast: fromMs, value: row => row.windowStartMs },
  { name: 'used', type: 'numeric', value: row => String(row.used) },
  { name: 'level', type: 'numeric', value: row => row.level.toString() },
  { name: 'held', type: 'numeric', value: row => String(row.held) },
  { name: 'observed', type: 'bigint', value: row => row.observed },
  { name: 'at', type: 'bigint', cast: fromMs, value: row => row.atMs },
  {
    name: 'alerted_percents',
    type: 'text',
    // unnest would flatten an array of arrays.
    cast: "string_to_array(%, ',')::int[]",
    value: row => row.alertedPercents.join(','),
  },
  {
    name: 'told',
    type: 'text',
    cast: '%::jsonb',
    value: row => row.reported && JSON.stringify(row.reported),
  },
]

/** Keeps counters, whose subjects are locked. */
export const upsertCounters: RowStatement<Counter> = overRows(
  'upsert-counters',
  [...keyColumns, ...valueColumns],
  ({ names, values, rows }) =>
    `insert into quota_counter (${names}, writer) select ${values}, ${writerNumber} from ${rows}
      on conflict (subject_kind, subject_name, limit_id, model) do update set
      ${valueColumns.map(({ name }) => `${name} = excluded.${name}`).join(', ')}`,
)

/** Drops the counters of limits that are no more. */
export const deleteCounters: RowStatement<Counter> = overRows(
  'delete-counters',
  keyColumns,
  ({ rows }) =>
    `delete from quota_counter as c using ${rows}
      where ${keyColumns.map(({ name }) => `c.${name} = r.${name}`).join(' and ')}`,
)

/** How many users fewer a limit per user has. */
export interface FewerUsers {
  readonly subject: SubjectRef
  readonly limitId: string
  readonly users: number
}

/** Takes users, whose counters are dropped, off the number that their limit's shared counter keeps. */
export const forgetUsers: RowStatement<FewerUsers> = overRows(
  'forget-users',
  [
    { name: 'subject_kind', type: 'text', value: row => row.subject.kind },
    { name: 'subject_name', type: 'text', value: row => row.subject.name },
    { name: 'limit_id', type: 'text', value: row => row.limitId },
    { name: 'users', type: 'int', value: row => row.users },
  ],
  ({ rows }) =>
    `update quota_counter as c set held = c.held - r.users from ${rows}
      where c.subject_kind = r.subject_kind and c.subject_name = r.subject_name and c.limit_id = r.limit_id and c.model = ''`,
)

/** A counter as its row gives it. */
export function readCounter(row: Row): Counter {
  return {
    subject: { kind: row['subject_kind'] as Counter['subject']['kind'], name: String(row['subject_name']) },
    limitId: String(row['limit_id']),
    model: String(row['model']),
    windowStartMs: Number(row['window_start_ms']),
    used: readWholeNumber(row['used']),
    level: BigInt(String(row['level'])),
    held: readWholeNumber(row['held']),
    observed: exactNumber(String(row['observed'])),
    atMs: Number(row['at_ms']),
    alertedPercents: (row['alerted_percents'] as readonly unknown[]).map(Number),
    // Written by this package alone, from values of this very type.
    reported: (row['told'] ?? null) as Counter['reported'],
  }
}
