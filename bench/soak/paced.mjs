import { setTimeout as pause } from 'node:timers/promises'

/**
 * Calls from several loops, one per loop every `everyMs`, until the signal aborts. A slower call delays the
 * loop's next one. Latencies of successful calls are kept until taken.
 * @param {{ call: () => Promise<unknown>, loops: number, everyMs: number, signal: AbortSignal }} load
 */
export function paced({ call, loops, everyMs, signal }) {
  /** @type {number[]} */
  let latenciesMs = []
  /** @type {Map<string, number>} */
  const failures = new Map()
  let calls = 0
  const loop = async (/** @type {number} */ index) => {
    await pause((everyMs * index) / loops)
    while (!signal.aborted) {
      const beganMs = performance.now()
      calls++
      try {
        await call()
        latenciesMs.push(performance.now() - beganMs)
      } catch (error) {
        const reason = String(error instanceof Error ? error.message : error).slice(0, 160)
        failures.set(reason, (failures.get(reason) ?? 0) + 1)
      }
      await pause(Math.max(0, everyMs - (performance.now() - beganMs)))
    }
  }
  const ended = Promise.all(Array.from({ length: loops }, (_, index) => loop(index)))
  return {
    ended,
    failures,
    calls: () => calls,
    /** Returns the measurements since the last call. */
    take: () => {
      const taken = latenciesMs.sort((left, right) => left - right)
      latenciesMs = []
      return taken
    },
  }
}
