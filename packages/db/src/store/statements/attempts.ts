import type { Attempt, CallsAheadQuery, DueAttempt, SubjectRef } from '@quotakeeper/quota-core'
import type { Row, Statement } from '../../database/database.js'
import { writerNumber } from '../../writer.js'
import {
  attemptColumns,
  attemptSelection,
  countColumnNames,
  type EnteredAttempt,
  metadataColumn,
  modelColumn,
  pendingColumns,
  redatedColumns,
  settledColumns,
} from './attempt-columns.js'
import { type Column, overAlikeRows, overRows, type RowSource, type RowStatement, sent } from './rows.js'
import { concernsSubject, factColumns, readSubjectsOf, subjectsOfRow } from './subject-rows.js'

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

/** By the database's clock, asked in a sub-select, once: called in the condition itself, it is volatile. */
const dueNow = '(select clock_timestamp())'

const isDue = `state = 'pending' and expires_at <= ${dueNow}`

/** How many of the attempts that are due are looked at for their subjects: a look takes a millisecond at most. */
const maxDueRows = 1_000

/** The oldest attempts that are due, by the index that holds pending attempts alone. */
const oldestDue = `select subject_ids, provider_name, pool_name from usage_attempt where ${isDue}
  order by expires_at limit ${maxDueRows}`

/**
 * Whether attempts of the subject `s` are due. One look shows, as nearly always, that nothing is due of any of a thousand
 * subjects. Where too much is due to be looked through, some is taken to be due of each: a call that is denied then has
 * a step of expiry run for its subjects, which finds out.
 */
const hasDue = `(select exists (select from usage_attempt where ${isDue}))
  and (exists (select from (${oldestDue}) as a where ${concernsSubject})
    or (select count(*) from (${oldestDue}) as a) >= ${maxDueRows})`

/** The subjects in $1 (kinds) and $2 (names), of the kinds in a parameter, or of all, of which attempts are due. */
export const dueSubjectRows: RowSource & { readonly ofKinds: (kinds: string) => string } = {
  all: `select s.kind, s.name from quota_subject as s where ${hasDue}`,
  ofKinds: kinds =>
    `select s.kind, s.name from quota_subject as s where s.kind = any(${kinds}::text[]) and ${hasDue}`,
  some: `select s.kind, s.name from unnest($1::text[], $2::text[]) as k(kind, name)
    join quota_subject as s on s.kind = k.kind and s.name = k.name where ${hasDue}`,
}

/** Reads attempts that are due, oldest first: of these subjects, or with null of all. */
export function dueAttempts(subjects: readonly SubjectRef[] | null, pageSize: number): Statement {
  const due = (condition: string, size: string): string =>
    `select id, provider_name, pool_name, model, end_user, subject_ids, ${subjectsOfRow} as subjects from usage_attempt as a
      where ${isDue} and ${condition} order by expires_at, id limit ${size}`
  if (subjects === null) return { name: 'all-due-attempts', text: due('true', '$1'), values: [pageSize] }
  return {
    name: 'due-attempts',
    text: `with s as materialized (select s.* from unnest($1::text[], $2::text[]) as k(kind, name)
        join quota_subject as s on s.kind = k.kind and s.name = k.name)
      ${due(`exists (select from s where ${concernsSubject})`, '$3')}`,
    values: [subjects.map(({ kind }) => kind), subjects.map(({ name }) => name), pageSize],
  }
}

/** An attempt that is due, as its row gives it. */
export function readDueAttempt(row: Row): DueAttempt {
  return {
    id: String(row['id']),
    subjects: readSubjectsOf(row),
    model: String(row['model']),
    endUser: String(row['end_user']),
  }
}

/**
 * Reads whether attempts of a subject are pending, due or not: of a provider or a pool by the index of its rows, since any
 * number of others' attempts may be pending. Plans are generic here, and expect a value
 * with many rows: the order leads them to that index, rather than through all pending attempts.
 */
export function pendingExists({ kind, name }: SubjectRef): Statement {
  const column = factColumns.get(kind)
  if (column !== undefined)
    return {
      name: `pending-exists-${kind}`,
      text: `select (select true from usage_attempt where ${column} = $1 and ${column} <> '' and state = 'pending'
        order by occurred_at desc limit 1) is not null as pending`,
      values: [name],
    }
  return {
    name: 'pending-exists',
    text: `select exists (
        select from quota_subject as s, usage_attempt as a
        where s.kind = $1 and s.name = $2 and a.state = 'pending' and ${concernsSubject}
      ) as pending`,
    values: [kind, name],
  }
}

/**
 * Reads calls that are ahead of the clock, see {@link CallsAheadQuery}: by the index of a provider's rows, of which
 * those since the beginning of its day are looked at.
 */
export function readCallsAhead(query: CallsAheadQuery): Statement {
  const { providerNames, fromMs, datedFromMs, settledAfterMs, maxSettled, maxPending } = query
  const calls = "from usage_attempt where provider_name = p.name and kind = 'call'"
  return {
    name: 'calls-ahead',
    // The order leads to that index, rather than through all pending attempts: plans are generic here.
    text: `with p as materialized (select name from unnest($1::text[]) as p(name))
      select ${attemptSelection} from (
        (select c.* from p cross join lateral (select * ${calls} and state in ('released', 'expired')
          and occurred_at >= $3::timestamptz and (occurred_at >= $2::timestamptz or settled_at > $4::timestamptz)
          order by occurred_at limit $5) as c limit $5)
        union all
        (select c.* from p cross join lateral (select * ${calls} and state = 'pending'
          and occurred_at >= $2::timestamptz order by occurred_at limit $6) as c limit $6)
      ) as ahead`,
    values: [providerNames, sent(fromMs), sent(datedFromMs), sent(settledAfterMs), maxSettled, maxPending],
  }
}

/** Inserts new attempts. An id that another process has inserted meanwhile fails the batch: it runs again. */
export const insertAttempts: RowStatement<EnteredAttempt> = overRows(
  'insert-attempts',
  attemptColumns,
  ({ names, values, rows }) =>
    `insert into usage_attempt (${names}, writer) select ${values}, ${writerNumber} from ${rows}`,
)

/** Inserts reservations: values that all of them share are not sent, and those that a batch's share only once. */
export const insertPendingAttempts: RowStatement<EnteredAttempt> = overAlikeRows(
  'insert-pending-attempts',
  pendingColumns,
  new Set(['id', 'request_id', 'request_hash']),
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
  // A model that the vendor does not know is moved to the metadata.
  modelColumn,
  metadataColumn,
])

/** Dates attempts anew, whose subjects are locked. */
export const redateAttempts: RowStatement<Attempt> = updating('redate-attempts', redatedColumns)

/** The names of the subjects of one kind. */
export function namesOf(subjects: readonly SubjectRef[], kind: SubjectRef['kind']): readonly string[] {
  return subjects.filter(subject => subject.kind === kind).map(subject => subject.name)
}
