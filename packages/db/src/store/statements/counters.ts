import { type Counter, readWholeNumber } from '@quotakeeper/quota-core'
import type { Row } from '../../database/database.js'
import { exactNumber } from '../../schema/columns.js'
import { writerNumber } from '../../writer.js'
import { fromMs, msOf } from './instants.js'
import type { ColumnSource } from './row-source.js'
import { type Column, overRows, type RowStatement } from './unnest.js'

/** Columns of a counter: rows for {@link readCounter}. */
export const counterSelection: string = `subject_kind, subject_name, limit_id, model, ${msOf('window_start')}, used::text, level::text, held::text,
  observed, ${msOf('at')}, alerted_percents, told`

/** Every counter of the subjects in $1 (kinds) and $2 (names), or of all: rows for {@link readCounter}. */
export const counterRows: ColumnSource = {
  columns: [
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
  ],
  all: `select ${counterSelection} from quota_counter`,
  some: `select ${counterSelection} from quota_counter
    where (subject_kind, subject_name) in (select * from unnest($1::text[], $2::text[]))`,
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
  { name: 'told', type: 'text', cast: '%::jsonb', value: row => row.told && JSON.stringify(row.told) },
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
    told: (row['told'] ?? null) as Counter['told'],
  }
}
