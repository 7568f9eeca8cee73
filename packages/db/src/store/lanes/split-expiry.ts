import type { Command, DueAttempt, ExpireCommand, Outcome } from '@quotakeeper/quota-core'

/**
 * A step of expiry as one for each provider without a pool, and for each pool; null where it is one already, and for
 * other commands.
 */
export function partsOfExpiry(command: Command): readonly ExpireCommand[] | null {
  if (command.type !== 'expire') return null
  const parts = new Map<string, DueAttempt[]>()
  for (const attempt of command.attempts) {
    const key = attempt.poolName === null ? `provider\n${attempt.providerName}` : `pool\n${attempt.poolName}`
    const part = parts.get(key)
    if (part === undefined) parts.set(key, [attempt])
    else part.push(attempt)
  }
  return parts.size < 2 ? null : [...parts.values()].map(attempts => ({ type: 'expire', attempts }))
}

/**
 * What a step answers whose parts have ended like this. What a part could not expire stays due, and is met by the next step.
 * @throws what the first part has, where none has been carried out.
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
