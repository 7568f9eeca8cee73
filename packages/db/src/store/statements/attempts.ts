import type { Attempt, SubjectRef } from '@quotakeeper/quota-core'
import type { Statement } from '../../database/database.js'
import { writerNumber } from '../../writer.js'
import {
  attemptColumns,
  attemptSelection,
  countColumnNames,
  pendingColumns,
  settledColumns,
} from './attempt-columns.js'
import type { RowSource } from './row-source.js'
import { overRows, type RowStatement } from './unnest.js'

/** The attempts whose ids are in $5. */
export const attemptRows = `select ${attemptSelection} from usage_attempt where id = any($5::uuid[])`

/** Reads the attempts of these ids, without a lock. */
export function readAttempts(ids: readonly string[]): Statement {
  return {
    name: 'attempts',
    text: `select ${attemptSelection} from usage_attempt where id = any($1::uuid[])`,
    values: [ids],
  }
}

/**
 * The attempts of the providers in $3 and the pools in $4, or of all, that are due by the database's
 * clock: two scans of partial indexes that hold pending attempts alone. The clock is asked in a
 * sub-select, once: called in the condition itself, it is volatile, and every pending attempt was read
 * (2.3 ms instead of 0.7 ms with 2,000 pending).
 */
export const dueRows: RowSource = {
  all: `select ${attemptSelection} from usage_attempt
    where state = 'pending' and expires_at <= (select clock_timestamp())`,
  some: `select ${attemptSelection} from usage_attempt
    where state = 'pending' and provider_name = any($3::text[]) and expires_at <= (select clock_timestamp())
    union all
    select ${attemptSelection} from usage_attempt
    where state = 'pending' and pool_name <> '' and pool_name = any($4::text[])
      and expires_at <= (select clock_timestamp())`,
}

/** Reads whether attempts of a subject are pending and not yet due. */
export function pendingExists({ kind, name }: SubjectRef): Statement {
  const column = kind === 'provider' ? 'provider_name' : 'pool_name'
  return {
    name: `pending-exists-${kind}`,
    text: `select exists (
        select from usage_attempt where state = 'pending' and ${column} = $1 and ${column} <> ''
          and expires_at > clock_timestamp()
      ) as pending`,
    values: [name],
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

/** Settles or extends attempts, whose subjects are locked. */
export const updateAttempts: RowStatement<Attempt> = overRows(
  'update-attempts',
  settledColumns,
  ({ rows }) =>
    `update usage_attempt as a set ${settledColumns
      .filter(column => column.name !== 'id')
      .map(({ name, cast = '%' }) => `${name} = ${cast.replaceAll('%', `r.${name}`)}`)
      .join(', ')} from ${rows} where a.id = r.id`,
)

/** The names of the subjects of one kind. */
export function namesOf(subjects: readonly SubjectRef[], kind: SubjectRef['kind']): readonly string[] {
  return subjects.filter(subject => subject.kind === kind).map(subject => subject.name)
}
