import { setTimeout as pause } from 'node:timers/promises'
import { QuotaError } from '@quotakeeper/quota-core'

const pauseMs = 50
/** Longer than any fault of the fire lasts. */
const giveUpAfterMs = 60_000

/** What came of a call, and what it took. */
export interface Outcome<T> {
  /** The answer, or the error's code where the library refuses the call. */
  readonly answer: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: string }
  readonly unavailable: number
  readonly longestCallMs: number
}

/**
 * Repeats one and the same call while the store is unavailable, as a client should.
 * @throws Error after a minute without an answer; any error that is no QuotaError.
 */
export async function untilAnswered<T>(call: () => Promise<T>): Promise<Outcome<T>> {
  const deadlineMs = performance.now() + giveUpAfterMs
  let longestCallMs = 0
  for (let unavailable = 0; performance.now() < deadlineMs; unavailable++) {
    const startMs = performance.now()
    const answer = await settled(call)
    longestCallMs = Math.max(longestCallMs, Math.round(performance.now() - startMs))
    if (answer.ok || answer.code !== 'STORE_UNAVAILABLE') return { answer, unavailable, longestCallMs }
    await pause(pauseMs)
  }
  throw new Error(`the store was unavailable for ${giveUpAfterMs} ms`)
}

async function settled<T>(call: () => Promise<T>): Promise<Outcome<T>['answer']> {
  try {
    return { ok: true, value: await call() }
  } catch (error) {
    if (error instanceof QuotaError) return { ok: false, code: error.code }
    throw error
  }
}
