import type { SubjectRef } from '@quotakeeper/quota-core'
import type { Row, Statement } from '../../database/database.js'
import { attemptRows, dueRows, namesOf } from './attempts.js'
import { coolDownRows } from './cool-downs.js'
import { counterRows } from './counters.js'
import { usageRows } from './usage.js'

/** What to read of some subjects beside their settings. */
export interface StateRequest {
  readonly subjects: readonly SubjectRef[]
  readonly attemptIds: readonly string[]
  /** Whether the sums of the day are of interest: for stats, not for reservations. */
  readonly withUsage: boolean
}

/** What has been counted and is in flight, as {@link readState} gives it. */
export interface StateRow {
  readonly nowMs: number
  readonly counters: readonly Row[]
  readonly coolDowns: readonly Row[]
  readonly due: readonly Row[]
  readonly attempts: readonly Row[]
  readonly usage: readonly Row[]
}

/**
 * The database's clock, in whole milliseconds. Not now(), which is the instant of BEGIN: after a wait
 * for a lock it was measured a second old.
 */
const clock = 'floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms'

function lists(parts: Readonly<Record<string, string>>): string {
  const selected = Object.entries(parts).map(
    ([name, rows]) => `(select coalesce(json_agg(r), '[]') from (${rows}) as r) as ${name}`,
  )
  return `select ${[clock, ...selected].join(',\n')}`
}

const some = {
  counters: counterRows.some,
  cool_downs: coolDownRows.some,
  due: dueRows.some,
  attempts: attemptRows,
}
const textOfSome = lists(some)
const textOfSomeWithUsage = lists({ ...some, usage: usageRows.some })
const textOfAll = lists({
  counters: counterRows.all,
  cool_downs: coolDownRows.all,
  due: dueRows.all,
  usage: usageRows.all,
})

/**
 * Reads the state of some subjects in one statement: five lists as JSON. Each further statement of a
 * batch costs some 0.1 ms of this process's time, more than the database takes for it.
 */
export function readState({ subjects, attemptIds, withUsage }: StateRequest): Statement {
  return {
    name: withUsage ? 'state-with-usage' : 'state',
    text: withUsage ? textOfSomeWithUsage : textOfSome,
    values: [
      subjects.map(subject => subject.kind),
      subjects.map(subject => subject.name),
      namesOf(subjects, 'provider'),
      namesOf(subjects, 'pool'),
      attemptIds,
    ],
  }
}

/** Reads the state of every subject. */
export const readAllState: Statement = { name: 'all-state', text: textOfAll, values: [] }

/** The state as its only row gives it. */
export function stateOf(rows: readonly Row[] | undefined): StateRow {
  const row = rows?.[0] ?? {}
  // Lists that the statements above make; those that were not asked for are missing.
  const list = (name: string): readonly Row[] => (row[name] ?? []) as readonly Row[]
  return {
    nowMs: Number(row['now_ms']),
    counters: list('counters'),
    coolDowns: list('cool_downs'),
    due: list('due'),
    attempts: list('attempts'),
    usage: list('usage'),
  }
}
