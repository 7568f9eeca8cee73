import { type ListedLimit, providerKind, type SubjectRef } from '@quotakeeper/quota-core'
import type { Row, Statement } from '../../database/database.js'
import { attemptRows, dueSubjectRows, namesOf } from './attempts.js'
import { coolDownRows } from './cool-downs.js'
import {
  type CounterRequest,
  counterColumns,
  counterValueCount,
  counterValues,
  everyCounterRows,
  newestCounterRows,
  newestValues,
  requestedCounterRows,
  sharedCounterRows,
} from './counters.js'
import { columnsOf, rowsOfColumns } from './rows.js'
import { type KnownVersion, readRef, settingsMark, someVersions, versionColumns } from './subjects.js'
import { usageRows } from './usage.js'

/** What to read of some subjects beside their settings. */
export interface StateRequest {
  readonly subjects: readonly SubjectRef[]
  readonly counters: CounterRequest
}

/** Counters, cool-downs and attempts, as {@link readState} gives them. */
export interface StateRow {
  readonly nowMs: number
  readonly counters: readonly Row[]
  /** Counters of single models that answers list, each with the number of its limit's. */
  readonly newest: readonly Row[]
  readonly coolDowns: readonly Row[]
  /** The subjects of which attempts are due. */
  readonly due: readonly Row[]
  readonly attempts: readonly Row[]
  readonly usage: readonly Row[]
}

/**
 * The database's clock, in whole milliseconds. Not now(), which is the instant of BEGIN: after a wait
 * for a lock it was measured a second old.
 */
export const clock = 'floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms'

function listOf(rows: string): string {
  return `(select coalesce(json_agg(r), '[]') from (${rows}) as r)`
}

function selecting(expressions: Readonly<Record<string, string>>): string {
  return `select ${[clock, ...Object.entries(expressions).map(([name, text]) => `${text} as ${name}`)].join(',\n')}`
}

const some = {
  cool_downs: listOf(coolDownRows.some),
  due: listOf(dueSubjectRows.some),
}
const attempts = listOf(attemptRows)
const usage = listOf(usageRows.some)
const textOfSome = selecting({ counters: listOf(requestedCounterRows(5)), ...some, attempts, usage })
const textOfSomeWithVersions = selecting({
  counter_columns: columnsOf(counterColumns, requestedCounterRows(4)),
  newest: listOf(newestCounterRows(4 + counterValueCount)),
  ...some,
  usage,
  versions: columnsOf(versionColumns, someVersions),
})
const all = {
  cool_downs: listOf(coolDownRows.all),
  usage_columns: columnsOf(usageRows.columns, usageRows.all),
}
const textOfKinds = selecting({
  counter_columns: columnsOf(counterColumns, sharedCounterRows(1, 2)),
  newest: listOf(newestCounterRows(2 + counterValueCount)),
  due: listOf(dueSubjectRows.ofKinds('$1')),
  settings_mark: settingsMark('$1'),
  ...all,
})
const textOfAllCounters = selecting({
  counter_columns: columnsOf(counterColumns, everyCounterRows),
  due: listOf(dueSubjectRows.all),
  settings_mark: settingsMark(null),
  ...all,
})

/**
 * Reads the state of some subjects, and some attempts, in one statement: five lists as JSON. Each further statement of a
 * batch costs some 0.1 ms of this process's time, more than the database takes for it.
 */
export function readState({ subjects, counters }: StateRequest, attemptIds: readonly string[]): Statement {
  return {
    name: 'state',
    text: textOfSome,
    values: [...subjectValues(subjects), attemptIds, ...counterValues(counters)],
  }
}

/** Reads the state of some subjects, what answers list of them, and the versions of their settings, see {@link versionsOf}. */
export function readStateWithVersions(
  { subjects, counters }: StateRequest,
  listed: readonly ListedLimit[],
): Statement {
  return {
    name: 'state-with-versions',
    text: textOfSomeWithVersions,
    values: [...subjectValues(subjects), ...counterValues(counters), ...newestValues(listed)],
  }
}

function subjectValues(subjects: readonly SubjectRef[]): readonly unknown[] {
  return [
    subjects.map(subject => subject.kind),
    subjects.map(subject => subject.name),
    namesOf(subjects, providerKind),
  ]
}

/**
 * Reads the state of every subject of some kinds, and the mark of their settings, see {@link settingsMarkOf}: the
 * counters that models share, those of a request, and those that answers list.
 */
export function readStateOfKinds(
  kinds: readonly SubjectRef['kind'][],
  counters: CounterRequest,
  listed: readonly ListedLimit[],
): Statement {
  return {
    name: 'state-of-kinds',
    text: textOfKinds,
    values: [kinds, ...counterValues(counters), ...newestValues(listed)],
  }
}

/** The state of every subject, with every counter. */
export const readAllStateWhole: Statement = { name: 'all-state-whole', text: textOfAllCounters, values: [] }

/** The state as its only row gives it. */
export function stateOf(rows: readonly Row[] | undefined): StateRow {
  const row = rows?.[0] ?? {}
  // Lists that the statements above make; those that were not asked for are missing.
  const list = (name: string): readonly Row[] => (row[name] ?? []) as readonly Row[]
  const { counter_columns: counters, usage_columns: usage } = row
  return {
    nowMs: Number(row['now_ms']),
    counters: counters === undefined ? list('counters') : rowsOfColumns(counterColumns, counters),
    newest: list('newest'),
    coolDowns: list('cool_downs'),
    due: list('due'),
    attempts: list('attempts'),
    usage: usage === undefined ? list('usage') : rowsOfColumns(usageRows.columns, usage),
  }
}

/** The versions that {@link readStateWithVersions} has read. */
export function versionsOf(rows: readonly Row[] | undefined): readonly KnownVersion[] {
  return rowsOfColumns(versionColumns, rows?.[0]?.['versions']).map(row => ({
    ...readRef(row),
    version: Number(row['version']),
  }))
}

/** The mark that was read: while it stays the same, so do the settings that it is of. */
export function settingsMarkOf(rows: readonly Row[] | undefined): string {
  return String(rows?.[0]?.['settings_mark'])
}
