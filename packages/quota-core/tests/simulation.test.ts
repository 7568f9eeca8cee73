import assert from 'node:assert/strict'
import { expect, it } from 'vitest'
import { describeFigures, Figures } from './simulation/figures.js'
import type { HistoryKind } from './simulation/plan.js'
import { runHistory } from './simulation/run-history.js'
import { simulationScale } from './simulation-scale.js'

const kinds: readonly HistoryKind[] = ['calm', 'overrun', 'wild']
const families = ['calendar', 'rolling', 'consumer calendar', 'consumer rolling'] as const
/** Least used shares of what demand exceeds, see {@link expectSpentWell}. */
const leastShares = [
  ['calendar', 0.95],
  ['rolling', 0.9],
  ['consumer calendar', 0.9],
] as const

/** Histories, unless a number is requested: enough for shares that are significant. */
const defaultCount = 60 * simulationScale
/** Shares of fewer windows or calls are not significant. */
const leastTelling = 40

const seed = Number(process.env['SIMULATION_SEED'] ?? Date.now() % 2 ** 31)
const wanted = process.env['SIMULATION_HISTORIES']

/** Runs the requested number of histories, each from its own seed. @throws Error that names the seed */
async function runHistories(figuresOf: (kind: HistoryKind) => Figures): Promise<void> {
  const count = Number(wanted ?? defaultCount)
  for (let index = 0; index < count; index++) {
    try {
      await runHistory(seed + index, figuresOf)
    } catch (cause) {
      const again = `SIMULATION_SEED=${seed + index} SIMULATION_HISTORIES=1`
      throw new Error(`the history of seed ${seed + index} breaks a guarantee; reproduce it with ${again}`, {
        cause,
      })
    }
  }
}

/**
 * If clocks agree, quotas of vendors and limits of consumers have room for every call when it arrives but late ones (in
 * the window after that of their reservation, or after the reservation expired and began to refill) and overruns.
 */
function expectRefusalsExplained(figures: Figures): void {
  for (const family of families) assert.equal(figures.refusalCount(family, 'unexplained'), 0, family)
  if (figures.callCount < leastTelling) return
  for (const family of ['rolling', 'consumer rolling'] as const)
    assert.ok(figures.refusalCount(family) < figures.callCount / 100, `${family}: less than 1 % refused`)
}

/**
 * Unused: reservations of crashed calls, and remainders smaller than a prompt. A rolling quota loses slightly more:
 * vendors report whole units, and count a call after it was reserved. Limits of consumers are of few units: a crashed
 * call may leave half of one unused.
 */
function expectSpentWell(figures: Figures): void {
  for (const [family, leastShare] of leastShares) {
    const { used, windowCount } = figures.share(family)
    if (windowCount < leastTelling) continue
    assert.ok(used >= leastShare * windowCount, `of ${family} quotas only ${used / windowCount} is used`)
  }
}

it('keeps every guarantee in many histories with crashes, lost answers and wrong clocks', async () => {
  const figures = new Map(kinds.map(kind => [kind, new Figures()]))
  const figuresOf = (kind: HistoryKind): Figures => {
    const found = figures.get(kind)
    assert.ok(found)
    return found
  }
  await runHistories(figuresOf)
  const lines = kinds.map(kind => describeFigures(kind, figuresOf(kind)))
  process.stdout.write(`\nSimulation from seed ${seed}\n${lines.join('\n')}\n`)
  expectRefusalsExplained(figuresOf('calm'))
  expectRefusalsExplained(figuresOf('overrun'))
  expectSpentWell(figuresOf('calm'))
}, 3_600_000)

it('runs the same history again from the same seed', async () => {
  const lives = []
  for (let count = 0; count < 2; count++) {
    const { book, timeline } = await runHistory(seed, () => new Figures())
    lives.push({ stepCount: timeline.stepCount, calls: [...book.calls.values()] })
  }
  expect(lives[0]).toEqual(lives[1])
})
