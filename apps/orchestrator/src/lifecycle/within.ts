import { setTimeout as wait } from 'node:timers/promises'

/** Whether a promise resolves within a time. Rethrows its error, if in time */
export async function within(done: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const patience = new AbortController()
  try {
    const tooLate = wait(timeoutMs, false, { signal: patience.signal })
    return await Promise.race([done.then(() => true), tooLate])
  } finally {
    patience.abort()
  }
}
