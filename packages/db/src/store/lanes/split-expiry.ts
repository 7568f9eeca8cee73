import {
  type Command,
  type DueAttempt,
  type ExpireCommand,
  type Outcome,
  subjectKey,
} from '@quotakeeper/quota-core'

/** A step of expiry in parts that have no subject in common; null where it is one already, and for other commands. */
export function partsOfExpiry(command: Command): readonly ExpireCommand[] | null {
  if (command.type !== 'expire') return null
  const partOf = new Map<string, DueAttempt[]>()
  for (const attempt of command.attempts) {
    const keys = attempt.subjects.map(subjectKey)
    const [part = [], ...others] = new Set(keys.flatMap(key => partsAt(partOf, key)))
    for (const other of others) {
      for (const { subjects } of other) for (const ref of subjects) partOf.set(subjectKey(ref), part)
      part.push(...other)
    }
    part.push(attempt)
    for (const key of keys) partOf.set(key, part)
  }
  const parts = [...new Set(partOf.values())]
  return parts.length < 2 ? null : parts.map(attempts => ({ type: 'expire', attempts }))
}

function partsAt<Part>(parts: ReadonlyMap<string, Part>, key: string): readonly Part[] {
  const part = parts.get(key)
  return part === undefined ? [] : [part]
}

/**
 * The answer of a step whose parts have ended like this. What a part could not expire stays due for the next step.
 * @throws the first part's error, where none has been carried out.
 */
export function outcomeOfParts(parts: readonly PromiseSettledResult<Outcome>[]): Outcome {
  let expired = 0
  let isCarriedOut = false
  for (const part of parts) {
    if (part.status === 'rejected') continue
    if (!part.value.ok) return part.value
    isCarriedOut = true
    if ('expired' in part.value.answer) expired += part.value.answer.expired
  }
  const failed = parts.find(part => part.status === 'rejected')
  if (!isCarriedOut && failed !== undefined) throw failed.reason
  return { ok: true, answer: { expired } }
}
