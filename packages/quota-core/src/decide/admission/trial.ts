import { type CoolDown, coolsModel, kindsOfKey } from '../../domain/cool-down.js'
import type { Change, QuotaState } from '../../domain/state.js'
import type { Call } from '../call-counters.js'

/** Delay before the first trial if the vendor states no instant; it doubles with each refusal, up to a day. */
const firstTrialMs = 3_600_000
const longestTrialMs = 86_400_000

/** Shared by the usual case, to allocate nothing. */
const none: readonly Change[] = []

/** When the next trial is due after this many consecutive refusals. */
export function trialAtMs(nowMs: number, refusals: number): number {
  return nowMs + Math.min(longestTrialMs, firstTrialMs * 2 ** (refusals - 1))
}

/** A short cool-down pauses other calls during its trial no longer than the cool-down itself lasted. */
function pauseMs({ sinceMs, untilMs }: CoolDown, refusals: number): number {
  const believedMs = untilMs - sinceMs
  return believedMs < firstTrialMs ? Math.max(believedMs, 0) : trialAtMs(0, refusals)
}

/**
 * The changes that make a granted call the trial of a billing or credential refusal. Until its answer arrives, no other
 * call is granted on any replica. If no answer arrives, the next trial is due as if the vendor had refused again.
 */
export function trialChanges(state: QuotaState, call: Call, nowMs: number): readonly Change[] {
  let changes: Change[] | null = null
  for (const ref of call.subjects) {
    for (const coolDown of state.coolDowns(ref)) {
      // These refusals may last for ever; only a call shows whether they are over.
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
