import type { Command } from 'commander'
import { type LimitInput, mergeLimits, parseLimitSetting } from './limit-setting.js'
import { collect } from './text-list.js'
import { withoutLimits } from './without-limits.js'

/** Options that change the limits of a consumer or a plan. */
export interface LimitsOptions {
  readonly removeLimit?: readonly string[]
  readonly shadow?: boolean
}

/** Adds the argument and these options. */
export function withLimits(command: Command): Command {
  return command
    .argument(
      '[limit=max...]',
      'an id, METRIC/WINDOW[@MODEL] or concurrency, with " per user" or " per model" for one counter each; max "none" counts without limiting',
    )
    .option('--remove-limit <id>', 'remove a limit; may be given several times', collect)
    .option('--shadow', 'the given limits only report what they would refuse')
}

/**
 * The limits after removals, then settings such as `requests/day=1000`.
 * @param owner whose limits they are, for the error
 * @throws Failure for an invalid setting, or an id that no limit has
 */
export function changedLimits(
  before: readonly LimitInput[],
  texts: readonly string[],
  { removeLimit = [], shadow }: LimitsOptions,
  owner: string,
): LimitInput[] {
  const kept = withoutLimits(before, removeLimit, owner)
  return [...mergeLimits(kept, texts.map(parseLimitSetting), shadow === true ? { mode: 'shadow' } : {})]
}
