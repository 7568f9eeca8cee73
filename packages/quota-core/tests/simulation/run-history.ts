import assert from 'node:assert/strict'
import { expireStep } from '@quotakeeper/quota-core'
import { expectLedger } from './expect-ledger.js'
import type { Figures } from './figures.js'
import { startExpiry, startInterference } from './interference.js'
import { OrchestratorProcess } from './orchestrator-process.js'
import { drawPlan, type HistoryKind } from './plan.js'
import { Random } from './random.js'
import { World } from './world.js'

const dayMs = 86_400_000

/**
 * Runs one history, determined by the seed, and adds to the figures of its kind.
 * @throws AssertionError if a guarantee is broken; other errors are bugs of the simulation
 */
export async function runHistory(seed: number, figuresOf: (kind: HistoryKind) => Figures): Promise<World> {
  const random = new Random(seed)
  const plan = drawPlan(random)
  const figures = figuresOf(plan.kind)
  const world = new World(plan, random, figures)
  await world.open()
  for (let count = 0; count < plan.processCount; count++) {
    OrchestratorProcess.start(world, random.integer(0, 2_000))
  }
  startExpiry(world)
  if (plan.kind === 'wild') startInterference(world)
  await world.timeline.run()
  const { timeline, demand, store } = world
  // Comparable only if limits equal the vendor's.
  if (plan.kind !== 'wild') demand.report(figures, { startMs: plan.startMs, endMs: world.endMs })
  figures.historyCount++
  figures.stepCount += timeline.stepCount
  // Long after all processes ended, even with clocks that were ahead, nothing is held.
  timeline.skewMs = 0
  timeline.nowMs += 7 * dayMs
  while ((await expireStep(store, null)).isFull);
  assert.deepEqual(await store.read({ type: 'due', subjects: null, pageSize: 1 }), [])
  await world.examine()
  await expectLedger(world)
  return world
}
