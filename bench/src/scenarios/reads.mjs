import { measure, median } from '../measure.mjs'

/** Most rows of a page of a list. */
const pageSize = 10_000

/**
 * Reads on one caller, in turn, several rounds; medians.
 * @param {{ reads: readonly { name: string, call: () => Promise<unknown> }[], rounds: number, durationMs: number,
 *   progress: (line: string) => void }} scenario
 * @returns {Promise<readonly { name: string, p50Ms: number, p99Ms: number }[]>}
 */
export async function readScenario({ reads, rounds, durationMs, progress }) {
  /** @type {Map<string, Awaited<ReturnType<typeof measure>>[]>} */
  const figures = new Map(reads.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const { name, call } of reads) {
      progress(`reads, round ${round + 1} of ${rounds}: ${name}`)
      figures.get(name)?.push(await measure({ call, callers: 1, durationMs }))
    }
  }
  return [...figures].map(([name, all]) => ({
    name,
    p50Ms: median(all.map(figure => figure.p50Ms)),
    p99Ms: median(all.map(figure => figure.p99Ms)),
  }))
}

/**
 * Reads every page of a list.
 * @param {(page: { cursor: string | null, pageSize: number }) => Promise<{ rows: readonly unknown[],
 * nextCursor: string | null }>} read
 * @param {number} expected total rows; another number means that something else was measured
 */
export async function everyPage(read, expected) {
  let rows = 0
  /** @type {string | null} */
  let cursor = null
  do {
    const page = await read({ cursor, pageSize })
    rows += page.rows.length
    cursor = page.nextCursor
  } while (cursor !== null)
  if (rows !== expected) throw new Error(`${rows} rows were read instead of ${expected}`)
}

/** The days from `days` ago to yesterday, as input of history. @param {number} days */
export function lastDays(days) {
  const day = (/** @type {number} */ ago) =>
    new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
  return { from: day(days), to: day(1) }
}
