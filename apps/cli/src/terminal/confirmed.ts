import { usageFailure } from '../failure.js'
import type { Session } from '../session.js'
import { confirm } from './confirm.js'
import { stripControls } from './text-width.js'

/**
 * Whether to go on: with `--yes`, or after a yes to the question.
 * @throws Failure without a terminal
 */
export async function confirmed(
  { terminal, signal }: Session,
  question: string,
  yes: boolean | undefined,
): Promise<boolean> {
  if (yes === true) return true
  if (!terminal.canAsk) throw usageFailure(`${stripControls(question)} This needs --yes without a terminal`)
  if (await confirm(stripControls(question), signal)) return true
  terminal.note('Nothing was changed.')
  return false
}
