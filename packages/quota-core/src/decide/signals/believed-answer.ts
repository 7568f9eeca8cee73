import type { ObserveCommand } from '../../domain/command.js'
import { isRolling, rollingMs, type Window } from '../../domain/window.js'

const hourMs = 3_600_000
const dayMs = 86_400_000

/** How far the caller's clock may be ahead of ours. */
const toleranceMs = 300_000
/** The longest believable wait: a month of 31 days, plus a day for differing clocks and time zones. */
const longestWaitMs = 32 * dayMs

/**
 * Bounds the instants of a vendor's answer. They come from the caller, who could otherwise disable a key for ever. An
 * answer received in the future counts as received now, no refusal lasts longer than a month, and no limit takes longer
 * than its window to return. An answer without `receivedAtMs` is from this process and stays unchanged.
 */
export function believedAnswer(command: ObserveCommand, nowMs: number): ObserveCommand {
  if (command.receivedAtMs === undefined) return command
  const aheadMs = command.receivedAtMs - nowMs
  const shiftMs = aheadMs > toleranceMs ? aheadMs : 0
  const believed = (instantMs: number, waitMs: number): number =>
    Math.min(instantMs - shiftMs, nowMs + waitMs)
  const { refusal, facts } = command
  return {
    ...command,
    facts: facts.map(fact => {
      const { resetsAtMs = null, window } = fact
      return resetsAtMs === null
        ? fact
        : { ...fact, resetsAtMs: believed(resetsAtMs, longestReturnMs(window)) }
    }),
    refusal:
      refusal === null || refusal.untilMs === null
        ? refusal
        : { ...refusal, untilMs: believed(refusal.untilMs, longestWaitMs) },
  }
}

/** The longest time until a window turns: days have up to 25 hours, and clocks differ. */
function longestReturnMs(window: Window): number {
  if (isRolling(window)) return rollingMs(window) + toleranceMs
  switch (window) {
    case 'minute':
    case 'hour':
      return hourMs + toleranceMs
    case 'day':
      return 25 * hourMs + toleranceMs
    default:
      return longestWaitMs
  }
}
