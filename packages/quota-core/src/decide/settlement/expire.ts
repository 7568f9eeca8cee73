import type { Attempt } from '../../domain/attempt.js'
import type { ExpireCommand } from '../../domain/command.js'
import { cappedCounts } from '../../domain/count-cap.js'
import type { Change, QuotaState } from '../../domain/state.js'
import type { QuotaTables } from '../../domain/tables.js'
import { applyChanges } from '../apply-changes.js'
import { knownProvider } from '../call-counters.js'
import { settle } from './settle.js'

/**
 * Most attempts that one command expires. It bounds how long a step delays other calls: beside steps of 250 the slowest
 * call of another provider took 226 ms, beside steps of 100 it took 96 (medians of three rounds on a machine that was busy
 * with ten times its cores).
 */
export const attemptsOfStep = 100

/**
 * Expires the attempts that are still pending and due, in order, and applies the changes to the tables. Others are
 * skipped: another process, a settlement or an extension may have come first.
 */
export function expireAll(
  tables: QuotaTables,
  { attempts }: ExpireCommand,
  nowMs: number,
): { readonly changes: readonly Change[]; readonly expired: number } {
  const changes: Change[] = []
  let expired = 0
  for (const { id } of attempts.slice(0, attemptsOfStep)) {
    const attempt = tables.attempt(id)
    if (attempt === undefined || !isDue(attempt, nowMs)) continue
    const expiry = expire(tables, attempt, nowMs)
    changes.push(...expiry, ...applyChanges(tables, expiry))
    expired++
  }
  return { changes, expired }
}

/** Whether an attempt is pending past its expiry. */
export function isDue({ state, expiresAtMs }: Attempt, nowMs: number): boolean {
  return state === 'pending' && expiresAtMs !== null && expiresAtMs <= nowMs
}

/**
 * The changes that expire a due attempt. It is charged in full, since its call may have gone out, unless its provider
 * has `onExpiry: 'release'`. Calendar limits charge the reservation's window. A rolling limit counts it as spent when
 * it was due, or at the counter's own time if that is later: units counted meanwhile have not drained beside it.
 */
function expire(state: QuotaState, attempt: Attempt, nowMs: number): readonly Change[] {
  const { onExpiry } = knownProvider(state, attempt.providerName)
  const dueAtMs = attempt.expiresAtMs ?? nowMs
  // The last reset saw it pending and did not take this charge back; the next reset will, whatever the clock does.
  const settledAtMs = Math.max(dueAtMs, lastResetMs(state, attempt) + 1)
  const expired: Attempt = { ...attempt, state: 'expired', settledAtMs }
  const { counts } = cappedCounts(attempt.reserved)
  const charged: Attempt = { ...expired, charged: counts, estimated: true }
  return settle(state, attempt, onExpiry === 'release' ? expired : charged, {
    nowMs,
    countersAtMs: dueAtMs,
    spentAtMs: null,
  })
}

/** The last usage reset of any of its subjects; 0 for never. */
function lastResetMs(state: QuotaState, { subjects }: Attempt): number {
  return Math.max(0, ...subjects.map(ref => state.owner(ref)?.resetsAtMs.at(-1) ?? 0))
}
