import { expect, it } from 'vitest'
import { describeFigures, Figures } from './simulation/figures.js'
import type { HistoryKind } from './simulation/plan.js'
import { runHistory } from './simulation/run-history.js'

const kinds: readonly HistoryKind[] = ['calm', 'overrun', 'wild']

/** Without a word, histories are begun for this long, and no more than so many. */
const defaultMs = 20_000
const defaultCount = 4_000

const seed = Number(process.env['SIMULATION_SEED'] ?? Date.now() % 2 ** 31)
const wanted = process.env['SIMULATION_HISTORIES']

it('keeps every guarantee in thousands of histories of crashes, lost answers and moving clocks', async () => {
  const figures = new Map(kinds.map(kind => [kind, new Figures()]))
  const figuresOf = (kind: HistoryKind): Figures => figures.get(kind) ?? new Figures()
  const startMs = performance.now()
  const count = wanted === undefined ? defaultCount : Number(wanted)
  for (let index = 0; index < count; index++) {
    if (wanted === undefined && performance.now() - startMs > defaultMs) break
    try {
      await runHistory(seed + index, figuresOf)
    } catch (error) {
      const again = `SIMULATION_SEED=${seed + index} SIMULATION_HISTORIES=1`
      throw new Error(`The history of seed ${seed + index} breaks a guarantee. To see it again: ${again}`, {
        cause: error,
      })
    }
  }
  const lines = kinds.map(kind => describeFigures(kind, figuresOf(kind)))
  process.stdout.write(`\nsimulation from seed ${seed}\n${lines.join('\n')}\n`)
  const calm = figuresOf('calm')
  expect(calm.refusalCount('calendar', 'unexplained')).toBe(0)
}, 600_000)
