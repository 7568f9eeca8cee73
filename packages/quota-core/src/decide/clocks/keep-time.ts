import { counterAt, emptyCounter } from '../../domain/counter.js'
import type { Change } from '../../domain/state.js'
import type { QuotaTables } from '../../domain/tables.js'

/** As nearly always: nothing is made for it. */
const none: readonly Change[] = []

/**
 * The changes by which a subject remembers its time where counters of single models alone have moved, or are gone: at a
 * counter of the limit that no model has, and at which nothing is counted. Every call to the subject meets it, whatever
 * its model, so that time does not move back for any. Kept in the tables, which hold the changes already.
 */
export function keepTime(tables: QuotaTables, changes: readonly Change[]): readonly Change[] {
  let kept: Change[] | null = null
  for (const change of changes) {
    if (change.table !== 'counter' && change.table !== 'droppedCounter') continue
    const { subject: ref, model, limitId, atMs } = change.row
    if (model === '' || sharedAtMs(tables, change.row) >= atMs) continue
    const subject = tables.subject(ref)
    const limit = subject?.limits.find(({ id }) => id === limitId)
    if (subject === undefined || limit === undefined) continue
    const keeper = tables.counter(ref, limitId, '') ?? emptyCounter(ref, limit, '')
    const moved: Change = { table: 'counter', row: counterAt(keeper, limit, subject, atMs) }
    tables.apply([moved])
    kept ??= []
    kept.push(moved)
  }
  return kept ?? none
}

function sharedAtMs(tables: QuotaTables, { subject }: Extract<Change, { table: 'counter' }>['row']): number {
  let latestMs = 0
  for (const { atMs } of tables.countersOfModel(subject, '')) latestMs = Math.max(latestMs, atMs)
  return latestMs
}
