import type { ObserveCommand } from '../../domain/command.js'
import { isRolling, rollingMs, type Window } from '../../domain/window.js'

const hourMs = 3_600_000
const dayMs = 86_400_000

/** How far the clock of whoever has received an answer may be ahead of ours, in milliseconds. */
const toleranceMs = 300_000
/** Nobody has to wait for longer than a month, 31 days, and what clocks and zones differ by. */
const longestWaitMs = 32 * dayMs

/**
 * A vendor's answer as far as its instants can be: they come from the caller, who could otherwise switch a key off for
 * ever. An answer that is said to have come later than now counts as having come now, no refusal lasts for longer than
 * a month, and no limit's return takes longer than its window. An answer without that instant is of this very process,
 * and stands as it is.
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

/** Until a window has turned at the latest: days have up to 25 hours, and clocks differ. */
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
