/**
 * Runs `call` from `callers` loops at once for about `durationMs`, after a short warm-up.
 * @param {{ call: (caller: number) => Promise<unknown>, callers: number, durationMs: number }} load
 * @returns {Promise<{ perSecond: number, p50Ms: number, p99Ms: number }>}
 */
export async function measure({ call, callers, durationMs }) {
  await drive({ call, callers, durationMs: durationMs / 4 })
  const startMs = performance.now()
  const latenciesMs = await drive({ call, callers, durationMs })
  const perSecond = latenciesMs.length / ((performance.now() - startMs) / 1000)
  latenciesMs.sort((left, right) => left - right)
  return { perSecond, p50Ms: share(latenciesMs, 0.5), p99Ms: share(latenciesMs, 0.99) }
}

/** @param {{ call: (caller: number) => Promise<unknown>, callers: number, durationMs: number }} load */
async function drive({ call, callers, durationMs }) {
  /** @type {number[]} */
  const latenciesMs = []
  const endMs = performance.now() + durationMs
  const loop = async (/** @type {number} */ caller) => {
    for (;;) {
      const beganMs = performance.now()
      if (beganMs >= endMs) return
      await call(caller)
      latenciesMs.push(performance.now() - beganMs)
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => loop(caller)))
  return latenciesMs
}

/** @param {readonly number[]} sorted @param {number} part */
function share(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** The middle of some figures. @param {readonly number[]} figures */
export function median(figures) {
  const sorted = [...figures].sort((left, right) => left - right)
  return share(sorted, 0.5)
}
