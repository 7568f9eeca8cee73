import type { Change } from '../domain/state.js'
import type { QuotaTables } from '../domain/tables.js'
import { keepTime } from './clocks/keep-time.js'
import { changedUsers, keepUsers } from './limits/users-of-limit.js'

/**
 * Applies the changes of a decision to the tables, with those that follow from them: the time of subjects, and how many
 * users limits have. Answers the latter.
 */
export function applyChanges(tables: QuotaTables, changes: readonly Change[]): readonly Change[] {
  const users = changedUsers(tables, changes)
  tables.apply(changes)
  const kept = keepTime(tables, changes)
  return users === null ? kept : [...kept, ...keepUsers(tables, users)]
}
