import { type Command, concernedAttempts, type SubjectRef, subjectKey } from '@quotakeeper/quota-core'
import type { Need } from './schedule.js'

/**
 * What a command that concerns these subjects needs: them, the attempts that it makes or refers to (whose subjects may
 * not be known yet), and its place in the list that it came in, null where it came alone.
 */
export function needOf(
  command: Command,
  subjects: readonly SubjectRef[],
  { list, pace }: { readonly list: number | null; readonly pace: Need['pace'] },
): Need {
  const keys = new Set<string>()
  for (const subject of subjects) keys.add(subjectKey(subject))
  for (const id of concernedAttempts(command)) keys.add(`attempt\n${id}`)
  if (list !== null) keys.add(`list\n${list}`)
  return { keys: [...keys], isAlone: goesAlone(command), pace }
}

/**
 * Commands that change settings go alone: what they read of the ledger must not change in mid-batch. So do steps of
 * expiry: others are not to wait for the locks of their subjects, nor for two trips instead of one.
 */
function goesAlone(command: Command): boolean {
  switch (command.type) {
    case 'upsertProvider':
    case 'upsertPool':
    case 'removeProvider':
    case 'removePool':
    case 'resetUsage':
    case 'learnLimits':
    case 'expire':
      return true
    default:
      return false
  }
}
