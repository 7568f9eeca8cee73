import { calendarInterval } from '../../domain/calendar.js'
import { subjectsOfProvider } from '../../domain/call-subjects.js'
import type { Candidate } from '../../domain/command.js'
import { roomUnits } from '../../domain/counter.js'
import { maxAt } from '../../domain/grant.js'
import type { QuotaState } from '../../domain/state.js'
import type { Strategy } from '../../domain/strategy.js'
import { compareText } from '../../domain/subject.js'
import { isResetting, isRolling, lastsAnHour } from '../../domain/window.js'
import { countersOfCall, liveProvider } from '../call-counters.js'
import { type AskedCosting, costingAt, isFree } from './money.js'

/** Parameters of the ranking. */
export interface Ranking {
  readonly strategy: Strategy
  /** Where a round robin starts; any integer ≥ 0. */
  readonly turn: number
  readonly asked: AskedCosting
  /** Priorities to suppose instead of those of the providers. */
  readonly priorities?: ReadonlyMap<string, number> | undefined
}

interface Ranked {
  readonly candidate: Candidate
  readonly priority: number
  /** Free share of the scarcest limit, 0…1, with calls in flight counted as used; 1 without limits. */
  readonly share: number
  /** When the first calendar window of an hour or longer ends; Infinity without one. */
  readonly turnsAtMs: number
}

/**
 * The candidates, best first. Ties are ordered by free share, then by input order: every replica computes the same
 * order, and the caller can state a preference. Round robin orders by name.
 * @throws QuotaError UNKNOWN_PROVIDER
 */
export function rankCandidates(
  state: QuotaState,
  candidates: readonly Candidate[],
  { strategy, turn, asked, priorities }: Ranking,
  nowMs: number,
): readonly Candidate[] {
  const ranked = candidates.map(candidate => rankOf(state, { candidate, asked, priorities }, nowMs))
  if (strategy === 'round-robin') return rotated(ranked.sort(byName), turn).map(entry => entry.candidate)
  return ranked.sort(comparison(strategy)).map(entry => entry.candidate)
}

/**
 * By the provider's limits and its ancestors': those of the consumer are the same at every candidate. Limits on cost do
 * not concern a free call.
 */
function rankOf(
  state: QuotaState,
  { candidate, asked, priorities }: Pick<Ranking, 'asked' | 'priorities'> & { readonly candidate: Candidate },
  nowMs: number,
): Ranked {
  const provider = liveProvider(state, candidate.providerName)
  const call = { subjects: subjectsOfProvider(state, provider.name), model: candidate.model }
  const isFreeCall = isFree(costingAt(candidate, asked))
  let share = 1
  let turnsAtMs = Number.POSITIVE_INFINITY
  for (const { subject, limit, counter } of countersOfCall(state, call, nowMs)) {
    const room = limit.mode === 'enforce' ? roomUnits(counter, limit) : null
    if (room === null || (isFreeCall && limit.metric === 'cost')) continue
    share = Math.min(share, Math.max(0, room) / Math.max(1, maxAt(limit, counter.atMs) ?? 1))
    // Quota per minute always returns first; only longer windows are worth saving.
    if (!isResetting(limit.window) || isRolling(limit.window) || !lastsAnHour(limit.window)) continue
    turnsAtMs = Math.min(turnsAtMs, calendarInterval(limit.window, subject, nowMs).endMs)
  }
  const priority = priorities?.get(provider.name) ?? provider.priority
  return { candidate, priority, share, turnsAtMs }
}

function comparison(strategy: Exclude<Strategy, 'round-robin'>): (left: Ranked, right: Ranked) => number {
  switch (strategy) {
    case 'most-remaining':
      return byShare
    case 'priority':
      return (left, right) => left.priority - right.priority || byShare(left, right)
    case 'soonest-reset':
      return (left, right) => compareNumbers(left.turnsAtMs, right.turnsAtMs) || byShare(left, right)
  }
}

function byShare(left: Ranked, right: Ranked): number {
  return right.share - left.share
}

function byName(left: Ranked, right: Ranked): number {
  return (
    compareText(left.candidate.providerName, right.candidate.providerName) ||
    compareText(left.candidate.model, right.candidate.model)
  )
}

/** Like subtraction, but 0 for two infinities. */
function compareNumbers(left: number, right: number): number {
  return left === right ? 0 : left < right ? -1 : 1
}

function rotated<T>(items: readonly T[], turn: number): readonly T[] {
  if (items.length === 0) return items
  const start = turn % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
