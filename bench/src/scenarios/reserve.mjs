import { measure, median } from '../measure.mjs'

/**
 * Medians of several rounds with the same keys and callers for every contender in turn.
 * @param {{ contenders: readonly import('../contenders/contender.mjs').Contender[], keys: number, callers:
 * readonly number[], rounds: number, durationMs: number, progress: (line: string) => void, }} scenario
 */
export async function reserveScenario({ contenders, keys, callers, rounds, durationMs, progress }) {
  const opened = []
  for (const contender of contenders) opened.push({ contender, ...(await contender.open(keys)) })
  const rows = []
  for (const count of callers) {
    /** @type {Map<string, Awaited<ReturnType<typeof measure>>[]>} */
    const figures = new Map(contenders.map(contender => [contender.name, []]))
    for (let round = 0; round < rounds; round++) {
      for (const { contender, call } of opened) {
        progress(`${keys} keys, ${count} callers, round ${round + 1} of ${rounds}: ${contender.name}`)
        let turn = 0
        const figure = await measure({ call: () => call(turn++ % keys), callers: count, durationMs })
        figures.get(contender.name)?.push(figure)
      }
    }
    for (const { contender } of opened) {
      const all = figures.get(contender.name) ?? []
      rows.push({
        keys,
        callers: count,
        name: contender.name,
        isDurable: contender.isDurable,
        perSecond: median(all.map(figure => figure.perSecond)),
        p50Ms: median(all.map(figure => figure.p50Ms)),
        p99Ms: median(all.map(figure => figure.p99Ms)),
      })
    }
  }
  for (const { close } of opened) await close()
  return rows
}
