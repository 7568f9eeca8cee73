import { setTimeout as wait } from 'node:timers/promises'

const pauseMs = 25
const attemptTimeoutMs = 10_000

/**
 * Polls a URL until it answers 2xx.
 *
 * @throws Error with the last answer after `timeoutMs`, or if `signal` aborts
 */
export async function untilAnswers(
  url: URL,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<void> {
  const deadlineMs = Date.now() + options.timeoutMs
  let last = 'no answer'
  while (Date.now() < deadlineMs) {
    options.signal?.throwIfAborted()
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(attemptTimeoutMs) })
      await response.body?.cancel()
      if (response.ok) return
      last = `HTTP ${response.status}`
    } catch (error) {
      last = String(error)
    }
    await wait(pauseMs)
  }
  throw new Error(`${url} did not answer 2xx within ${options.timeoutMs} ms: ${last}`)
}
