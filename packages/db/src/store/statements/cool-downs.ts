import type { CoolDown } from '@quotakeeper/quota-core'
import type { Row } from '../../database/database.js'
import { type Column, fromMs, msOf, overRows, type RowSource, type RowStatement } from './rows.js'

const selection = `subject_kind, subject_name, model, kind, ${msOf('since')}, ${msOf('until')}, refusals,
  http_status, key_fingerprint`

/** The cool-downs of the subjects in $1 (kinds) and $2 (names), or of all; past ones, too. */
export const coolDownRows: RowSource = {
  all: `select ${selection} from cool_down`,
  some: `select ${selection} from cool_down
    where (subject_kind, subject_name) in (select * from unnest($1::text[], $2::text[]))`,
}

const keyColumns: readonly Column<CoolDown>[] = [
  { name: 'subject_kind', type: 'text', value: row => row.subject.kind },
  { name: 'subject_name', type: 'text', value: row => row.subject.name },
  { name: 'model', type: 'text', value: row => row.model },
  { name: 'kind', type: 'text', value: row => row.kind },
]

const valueColumns: readonly Column<CoolDown>[] = [
  { name: 'since', type: 'bigint', cast: fromMs, value: row => row.sinceMs },
  { name: 'until', type: 'bigint', cast: fromMs, value: row => row.untilMs },
  { name: 'refusals', type: 'int', value: row => row.refusals },
  { name: 'http_status', type: 'int', value: row => row.httpStatus },
  { name: 'key_fingerprint', type: 'text', value: row => row.keyFingerprint },
]

/** Keeps cool-downs, whose subjects are locked. */
export const upsertCoolDowns: RowStatement<CoolDown> = overRows(
  'upsert-cool-downs',
  [...keyColumns, ...valueColumns],
  ({ names, values, rows }) =>
    `insert into cool_down (${names}) select ${values} from ${rows}
      on conflict (subject_kind, subject_name, model, kind) do update set
      ${valueColumns.map(({ name }) => `${name} = excluded.${name}`).join(', ')}`,
)

/** Ends cool-downs. */
export const deleteCoolDowns: RowStatement<CoolDown> = overRows(
  'delete-cool-downs',
  keyColumns,
  ({ rows }) =>
    `delete from cool_down as c using ${rows}
      where ${keyColumns.map(({ name }) => `c.${name} = r.${name}`).join(' and ')}`,
)

/** A cool-down as its row gives it. */
export function readCoolDown(row: Row): CoolDown {
  return {
    // Columns that only this package writes, from values of these very types.
    subject: { kind: row['subject_kind'] as CoolDown['subject']['kind'], name: String(row['subject_name']) },
    model: String(row['model']),
    kind: row['kind'] as CoolDown['kind'],
    sinceMs: Number(row['since_ms']),
    untilMs: Number(row['until_ms']),
    refusals: Number(row['refusals']),
    httpStatus: row['http_status'] === null ? null : Number(row['http_status']),
    keyFingerprint: row['key_fingerprint'] === null ? null : String(row['key_fingerprint']),
  }
}
