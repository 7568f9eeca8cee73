import { attemptsOfStep } from '../decide/settlement/expire.js'
import type { DueAttempt } from '../domain/command.js'
import type { SubjectRef } from '../domain/subject.js'
import type { QuotaStore } from '../store.js'

/** The result of an expiry step. */
export interface ExpiryStep {
  readonly expired: number
  /** Whether it found the most that a step takes, so that more may be due. */
  readonly isFull: boolean
}

/**
 * Expires the oldest due attempts of these subjects (null: of all), at most {@link attemptsOfStep}, in a separate
 * command that locks only their subjects.
 * @throws QuotaError STORE_UNAVAILABLE
 */
export async function expireStep(
  store: Pick<QuotaStore, 'read' | 'execute'>,
  subjects: readonly SubjectRef[] | null,
): Promise<ExpiryStep> {
  const attempts = await store.read({ type: 'due', subjects, pageSize: attemptsOfStep })
  if (attempts.length === 0) return { expired: 0, isFull: false }
  return { expired: await expireThese(store, attempts), isFull: attempts.length >= attemptsOfStep }
}

/** Returns how many expired. An attempt that a store refuses to expire stays held and does not block others. */
async function expireThese(
  store: Pick<QuotaStore, 'execute'>,
  attempts: readonly DueAttempt[],
): Promise<number> {
  const [outcome] = await store.execute([{ type: 'expire', attempts }])
  if (outcome === undefined) throw new Error('the store answered fewer outcomes than commands')
  if (outcome.ok) return 'expired' in outcome.answer ? outcome.answer.expired : 0
  if (outcome.error.isRetryable || attempts.length === 1) throw outcome.error
  const half = Math.ceil(attempts.length / 2)
  const parts = [attempts.slice(0, half), attempts.slice(half)]
  const results = await Promise.allSettled(parts.map(part => expireThese(store, part)))
  const failed = results.find(result => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return results.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0)
}
