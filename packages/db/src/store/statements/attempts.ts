import type { Attempt, CallsAheadQuery, DueAttempt, SubjectRef } from '@quotakeeper/quota-core'
import type { Row, Statement } from '../../database/database.js'
import { writerNumber } from '../../writer.js'
import {
  attemptColumns,
  attemptSelection,
  countColumnNames,
  metadataColumn,
  modelColumn,
  pendingColumns,
  redatedColumns,
  settledColumns,
} from './attempt-columns.js'
import { sent } from './instants.js'
import type { RowSource } from './row-source.js'
import { type Column, overRows, type RowStatement } from './unnest.js'

/** The attempts whose ids are in $4. */
export const attemptRows = `select ${attemptSelection} from usage_attempt where id = any($4::uuid[])`

/** Reads the attempts of these ids, without a lock. */
export function readAttempts(ids: readonly string[]): Statement {
  return {
    name: 'attempts',
    text: `select ${attemptSelection} from usage_attempt where id = any($1::uuid[])`,
    values: [ids],
  }
}

/**
 * Whether attempts of the subject `k` are due: a look into a partial index that holds pending attempts alone, however
 * many are due. The clock is asked in a sub-select, once: called in the condition itself, it is volatile, and every
 * pending attempt was read (2.3 ms instead of 0.7 ms with 2,000 pending).
 */
function isDue(dueAt: string): string {
  return `case k.kind
      when 'provider' then exists (select from usage_attempt as a
        where a.state = 'pending' and a.provider_name = k.name and a.expires_at <= ${dueAt})
      else exists (select from usage_attempt as a
        where a.state = 'pending' and a.pool_name <> '' and a.pool_name = k.name and a.expires_at <= ${dueAt})
    end`
}

/** By the database's clock. */
const dueNow = '(select clock_timestamp())'

/** The subjects in $1 (kinds) and $2 (names), or of all, of which attempts are due. */
export const dueSubjectRows: RowSource = {
  // One look tells, as nearly always, that nothing is due of any of a thousand.
  all: `select k.kind, k.name from quota_subject as k
    where (select exists (select from usage_attempt where state = 'pending' and expires_at <= ${dueNow}))
      and ${isDue(dueNow)}`,
  some: `select k.kind, k.name from unnest($1::text[], $2::text[]) as k(kind, name) where ${isDue(dueNow)}`,
}

/** Reads attempts that are due, oldest first: of these subjects, or with null of all. */
export function dueAttempts(subjects: readonly SubjectRef[] | null, pageSize: number): Statement {
  const selection = 'id, provider_name, pool_name, model, expires_at'
  const due = (condition: string, size: string): string => `(select ${selection} from usage_attempt
    where state = 'pending' and ${condition} and expires_at <= ${dueNow} order by expires_at, id limit ${size})`
  if (subjects === null) return { name: 'all-due-attempts', text: due('true', '$1'), values: [pageSize] }
  return {
    name: 'due-attempts',
    text: `select distinct ${selection} from (
        select d.* from unnest($1::text[]) as k(name), lateral ${due('provider_name = k.name', '$3')} as d
        union all
        select d.* from unnest($2::text[]) as k(name), lateral ${due("pool_name <> '' and pool_name = k.name", '$3')} as d
      ) as due order by expires_at, id limit $3`,
    values: [namesOf(subjects, 'provider'), namesOf(subjects, 'pool'), pageSize],
  }
}

/** An attempt that is due, as its row gives it. */
export function readDueAttempt(row: Row): DueAttempt {
  return {
    id: String(row['id']),
    providerName: String(row['provider_name']),
    poolName: row['pool_name'] === '' ? null : String(row['pool_name']),
    model: String(row['model']),
  }
}

/** Reads whether attempts of a subject are pending, due or not. */
export function pendingExists({ kind, name }: SubjectRef): Statement {
  const column = kind === 'provider' ? 'provider_name' : 'pool_name'
  return {
    name: `pending-exists-${kind}`,
    text: `select exists (
        select from usage_attempt where state = 'pending' and ${column} = $1 and ${column} <> ''
      ) as pending`,
    values: [name],
  }
}

/**
 * Reads calls that are ahead of the clock, see {@link CallsAheadQuery}: by the index of a provider's rows, of which
 * those since the beginning of its day are looked at.
 */
export function readCallsAhead(query: CallsAheadQuery): Statement {
  const { providerNames, fromMs, datedFromMs, settledAfterMs, maxSettled, maxPending } = query
  const calls = "from usage_attempt where provider_name = any($1) and kind = 'call'"
  return {
    name: 'calls-ahead',
    text: `select ${attemptSelection} from (
        (select * ${calls} and state in ('released', 'expired') and occurred_at >= $3::timestamptz
          and (occurred_at >= $2::timestamptz or settled_at > $4::timestamptz) limit $5)
        union all
        (select * ${calls} and state = 'pending' and occurred_at >= $2::timestamptz limit $6)
      ) as ahead`,
    values: [providerNames, sent(fromMs), sent(datedFromMs), sent(settledAfterMs), maxSettled, maxPending],
  }
}

/** Enters new attempts. An id that another process has entered meanwhile fails the batch: it runs again. */
export const insertAttempts: RowStatement<Attempt> = overRows(
  'insert-attempts',
  attemptColumns,
  ({ names, values, rows }) =>
    `insert into usage_attempt (${names}, writer) select ${values}, ${writerNumber} from ${rows}`,
)

/** Enters reservations: what is the same for all of them is not sent. */
export const insertPendingAttempts: RowStatement<Attempt> = overRows(
  'insert-pending-attempts',
  pendingColumns,
  ({ names, values, rows }) =>
    `insert into usage_attempt (${names}, writer, kind, state, ${countColumnNames.join(', ')})
      select ${values}, ${writerNumber}, 'call', 'pending', ${countColumnNames.map(() => '0').join(', ')} from ${rows}`,
)

function updating(name: string, columns: readonly Column<Attempt>[]): RowStatement<Attempt> {
  return overRows(
    name,
    columns,
    ({ rows }) =>
      `update usage_attempt as a set ${columns
        .filter(column => column.name !== 'id')
        .map(({ name, cast = '%' }) => `${name} = ${cast.replaceAll('%', `r.${name}`)}`)
        .join(', ')} from ${rows} where a.id = r.id`,
  )
}

/** Settles or extends attempts, whose subjects are locked. */
export const updateAttempts: RowStatement<Attempt> = updating('update-attempts', settledColumns)

/** The same of those that have metadata, which few calls have. */
export const updateAttemptsAndMetadata: RowStatement<Attempt> = updating('update-attempts-and-metadata', [
  ...settledColumns,
  // One that the vendor does not know is moved to the metadata.
  modelColumn,
  metadataColumn,
])

/** Dates attempts anew, whose subjects are locked. */
export const redateAttempts: RowStatement<Attempt> = updating('redate-attempts', redatedColumns)

/** The names of the subjects of one kind. */
export function namesOf(subjects: readonly SubjectRef[], kind: SubjectRef['kind']): readonly string[] {
  return subjects.filter(subject => subject.kind === kind).map(subject => subject.name)
}
