import { type CoolDown, coolsModel, kindsOfKey } from '../../domain/cool-down.js'
import type { Change, QuotaState } from '../../domain/state.js'
import type { Call } from '../call-counters.js'

/** Where a vendor names no instant, one trial is due after this long, doubling up to a day. */
const firstTrialMs = 3_600_000
const longestTrialMs = 86_400_000

/** As nearly always: nothing is made for it. */
const none: readonly Change[] = []

/** When the next trial is due, after so many refusals in a row. */
export function trialAtMs(nowMs: number, refusals: number): number {
  return nowMs + Math.min(longestTrialMs, firstTrialMs * 2 ** (refusals - 1))
}

/** A refusal that was believed for a moment only keeps others off for no longer while it is tried. */
function pauseMs({ sinceMs, untilMs }: CoolDown, refusals: number): number {
  const believedMs = untilMs - sinceMs
  return believedMs < firstTrialMs ? Math.max(believedMs, 0) : trialAtMs(0, refusals)
}

/**
 * The changes by which a granted call becomes the trial of what its vendor has refused for want of money or of
 * a valid key: until it has been answered, no other call is granted, on any replica. Should its answer never
 * come, the next trial is due as if it had been refused.
 */
export function trialChanges(state: QuotaState, call: Call, nowMs: number): readonly Change[] {
  let changes: Change[] | null = null
  for (const ref of call.subjects) {
    for (const coolDown of state.coolDowns(ref)) {
      // They may last for ever: only a call can tell whether they are over.
      if (coolDown.untilMs > nowMs || !kindsOfKey.has(coolDown.kind) || !coolsModel(coolDown, call.model))
        continue
      const refusals = coolDown.refusals + 1
      const row: CoolDown = { ...coolDown, refusals, untilMs: nowMs + pauseMs(coolDown, refusals) }
      changes ??= []
      changes.push({ table: 'coolDown', row })
    }
  }
  return changes ?? none
}
