import { counterAt, counterKey, emptyCounter } from '../../domain/counter.js'
import { isOfUser } from '../../domain/limit.js'
import type { Change, QuotaState } from '../../domain/state.js'
import type { SubjectRef } from '../../domain/subject.js'
import type { QuotaTables } from '../../domain/tables.js'
import type { LimitCounter } from '../call-counters.js'

/** End users that an enforced limit keeps counters of: clients invent their names. */
const maxUsersOfLimit = 10_000

/**
 * Whether the entry's end user has no counter and the limit has as many users as it may. The limit's shared counter,
 * which every call reads, keeps their number: no rows are counted.
 */
export function isUserTooMany(state: QuotaState, { subject, limit, counter }: LimitCounter): boolean {
  if (limit.per !== 'user') return false
  if (usersOf(state, subject, limit.id) < maxUsersOfLimit) return false
  return state.counter(subject, limit.id, counter.model) === undefined
}

/** How many end users have counters of the limit, which must be per user. */
export function usersOf(state: QuotaState, subject: SubjectRef, limitId: string): number {
  return Number(state.counter(subject, limitId, '')?.held ?? 0)
}

/** The users of one limit after some changes. */
interface ChangedUsers {
  readonly subject: SubjectRef
  readonly limitId: string
  readonly wasPerUser: boolean
  readonly before: number
  /** Whether each of them has a counter afterwards. */
  readonly hasCounter: Map<string, boolean>
  /** Those of them that had one before. */
  had: number
}

/** The users whose counters the changes make or drop; null for none. The tables do not hold the changes yet. */
export function changedUsers(
  tables: QuotaTables,
  changes: readonly Change[],
): readonly ChangedUsers[] | null {
  let found: Map<string, ChangedUsers> | null = null
  for (const change of changes) {
    if (change.table !== 'counter' && change.table !== 'droppedCounter') continue
    const { subject, limitId, model } = change.row
    if (!isOfUser(model)) continue
    const isKnown = tables.counter(subject, limitId, model) !== undefined
    // The usual case: the user has called before.
    if (isKnown && change.table === 'counter' && found === null) continue
    found ??= new Map()
    const key = counterKey(subject, limitId, '')
    const users = found.get(key) ?? unchangedUsers(tables, subject, limitId)
    found.set(key, users)
    if (users.wasPerUser && isKnown && !users.hasCounter.has(model)) users.had++
    users.hasCounter.set(model, change.table === 'counter')
  }
  return found === null ? null : [...found.values()]
}

function unchangedUsers(tables: QuotaTables, subject: SubjectRef, limitId: string): ChangedUsers {
  const wasPerUser = isPerUser(tables, subject, limitId)
  const before = wasPerUser ? usersOf(tables, subject, limitId) : 0
  return { subject, limitId, wasPerUser, before, hasCounter: new Map(), had: 0 }
}

/** Stores the numbers of users where they have changed. The tables hold the changes that led to it. */
export function keepUsers(tables: QuotaTables, changed: readonly ChangedUsers[]): readonly Change[] {
  const kept: Change[] = []
  for (const { subject: ref, limitId, before, hasCounter, had } of changed) {
    const subject = tables.subject(ref)
    const limit = subject?.limits.find(({ id }) => id === limitId)
    if (subject === undefined || limit?.per !== 'user') continue
    let held = before - had
    let atMs = 0
    for (const [model, has] of hasCounter) {
      if (!has) continue
      held++
      atMs = Math.max(atMs, tables.counter(ref, limitId, model)?.atMs ?? 0)
    }
    const keeper = tables.counter(ref, limitId, '') ?? emptyCounter(ref, limit, '')
    if (keeper.held === held) continue
    kept.push({ table: 'counter', row: { ...counterAt(keeper, limit, subject, atMs), held } })
  }
  tables.apply(kept)
  return kept
}

function isPerUser(tables: QuotaTables, subject: SubjectRef, limitId: string): boolean {
  return tables.subject(subject)?.limits.find(({ id }) => id === limitId)?.per === 'user'
}
