/**
 * A load. A call that fails ends the measurement, unless `countsFailures`: then it is counted, and in no other figure.
 * @typedef {{ call: (caller: number) => Promise<unknown>, callers: number, durationMs: number,
 *   countsFailures?: boolean }} Load
 */

/**
 * Runs `call` from `callers` concurrent loops for about `durationMs`, after a short warm-up.
 * @param {Load} load
 * @returns {Promise<{ perSecond: number, p50Ms: number, p99Ms: number, failed: number }>}
 */
export async function measure(load) {
  const { durationMs } = load
  const warmUp = await drive({ ...load, durationMs: durationMs / 4 })
  const startMs = performance.now()
  const { latenciesMs, failed } = await drive(load)
  const perSecond = latenciesMs.length / ((performance.now() - startMs) / 1000)
  latenciesMs.sort((left, right) => left - right)
  return {
    perSecond,
    p50Ms: share(latenciesMs, 0.5),
    p99Ms: share(latenciesMs, 0.99),
    failed: warmUp.failed + failed,
  }
}

/** @param {Load} load */
async function drive({ call, callers, durationMs, countsFailures = false }) {
  /** @type {number[]} */
  const latenciesMs = []
  let failed = 0
  const endMs = performance.now() + durationMs
  const loop = async (/** @type {number} */ caller) => {
    for (;;) {
      const beganMs = performance.now()
      if (beganMs >= endMs) return
      try {
        await call(caller)
        latenciesMs.push(performance.now() - beganMs)
      } catch (error) {
        if (!countsFailures) throw error
        failed++
      }
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => loop(caller)))
  return { latenciesMs, failed }
}

/** @param {readonly number[]} sorted @param {number} part */
function share(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** The median. @param {readonly number[]} figures */
export function median(figures) {
  const sorted = [...figures].sort((left, right) => left - right)
  return share(sorted, 0.5)
}
