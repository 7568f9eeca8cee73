import {
  BySubject,
  type Command,
  concernedAttempts,
  type SubjectRef,
  subjectKey,
  traitsOf,
} from '@quotakeeper/quota-core'
import type { Need } from './schedule.js'

/**
 * What a command that concerns these subjects needs: them, the attempts that it makes or refers to (whose subjects may
 * not be known yet), and the list that it came in, null where it came alone.
 */
export function needOf(
  command: Command,
  subjects: readonly SubjectRef[],
  { list, pace }: { readonly list: number | null; readonly pace: Need['pace'] },
): Need {
  // An id is unlike all other keys: it has no line break.
  const keys: string[] = []
  for (const subject of subjects) keys.push(keyOf(subject))
  for (const id of concernedAttempts(command)) keys.push(id)
  if (list !== null) keys.push(`list\n${list}`)
  // Which subjects a settlement has is known by its attempt alone, which another process may have made.
  const kind = traitsOf(command).goesAlone ? 'alone' : subjects.length === 0 ? 'unknown' : 'call'
  return { keys: isEachOnce(keys) ? keys : [...new Set(keys)], kind, pace }
}

/** For the few keys of a call this is faster than a set. */
function isEachOnce(keys: readonly string[]): boolean {
  return keys.length <= 4 && keys.every((key, index) => keys.indexOf(key) === index)
}

const keys = new BySubject<string>()
let keyCount = 0
const maxKeys = 10_000

/** The key of a subject. Made once: making it anew for each command took longer than all else of its schedule. */
export function keyOf(subject: SubjectRef): string {
  const known = keys.get(subject)
  if (known !== undefined || keyCount >= maxKeys) return known ?? subjectKey(subject)
  const key = subjectKey(subject)
  keys.set(subject, key)
  keyCount++
  return key
}
