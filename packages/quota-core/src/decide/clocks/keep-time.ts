import { counterAt, emptyCounter } from '../../domain/counter.js'
import type { Change } from '../../domain/state.js'
import type { QuotaTables } from '../../domain/tables.js'

/** Shared by the usual case, to allocate nothing. */
const none: readonly Change[] = []

/**
 * The changes that record a subject's time when only counters of single models moved or were deleted. The time goes to
 * the limit's counter of the empty model, which counts nothing and which every call reads, so that time moves back for
 * no model. Also applies them to the tables, which already hold `changes`.
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
