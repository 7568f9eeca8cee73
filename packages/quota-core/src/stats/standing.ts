import type { LimitCounter } from '../decide/call-counters.js'
import { subjectsOfProvider } from '../domain/call-subjects.js'
import { fitsAgainAtMs, roomUnits, spentUnits } from '../domain/counter.js'
import { maxAt } from '../domain/grant.js'
import type { Provider } from '../domain/owner.js'
import type { QuotaState } from '../domain/state.js'
import { type QuotaStatus, statusOf, worseStatus } from '../domain/thresholds.js'
import { lastsAnHour } from '../domain/window.js'

/** The worst status of enforced limits whose windows last an hour or longer. */
export function quotaStatus(entries: readonly LimitCounter[]): QuotaStatus {
  let status: QuotaStatus = 'available'
  for (const { limit, counter } of entries) {
    const max = maxAt(limit, counter.atMs)
    if (limit.mode !== 'enforce' || max === null || !lastsAnHour(limit.window)) continue
    status = worseStatus(status, statusOf(spentUnits(counter, limit), max))
  }
  return status
}

/** Whether the limit has no room for another unit. */
export function isFull({ limit, counter }: LimitCounter): boolean {
  const room = roomUnits(counter, limit)
  return limit.mode === 'enforce' && room !== null && room <= 0
}

/** When a full limit has room for one unit again; null if never. */
export function availableAtMs({ subject, limit, counter }: LimitCounter): number | null {
  return fitsAgainAtMs(counter, limit, subject, 1)
}

/** The latest instant; null if one of them is null (never). */
export function latestOf(instants: readonly (number | null)[]): number | null {
  let latestMs = 0
  for (const instantMs of instants) {
    if (instantMs === null) return null
    latestMs = Math.max(latestMs, instantMs)
  }
  return latestMs
}

/** When the provider's cool-downs of exactly this model (`''`: of every model) end; null without one. */
export function coolingUntilMs(
  state: QuotaState,
  provider: Provider,
  model: string,
  nowMs: number,
): number | null {
  let untilMs: number | null = null
  for (const ref of subjectsOfProvider(state, provider.name)) {
    for (const coolDown of state.coolDowns(ref)) {
      if (coolDown.untilMs <= nowMs || coolDown.model !== model) continue
      untilMs = Math.max(untilMs ?? 0, coolDown.untilMs)
    }
  }
  return untilMs
}
