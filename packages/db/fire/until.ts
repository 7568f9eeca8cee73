import { setTimeout as pause } from 'node:timers/promises'

const pollMs = 20

/**
 * Asks again and again until the answer is not null, and gives that.
 * @throws Error with `what` as its subject when `timeoutMs` have passed first.
 */
export async function until<T>(
  ask: () => Promise<T | null> | T | null,
  { timeoutMs, what }: { readonly timeoutMs: number; readonly what: string },
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs
  do {
    const answer = await ask()
    if (answer !== null) return answer
    await pause(pollMs)
  } while (performance.now() < deadlineMs)
  throw new Error(`${what} did not come within ${timeoutMs} ms`)
}
