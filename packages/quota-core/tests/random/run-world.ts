import assert from 'node:assert/strict'
import { examineStore, subjectTime } from '@quotakeeper/quota-core'
import { acquire, record, reserve } from './call-steps.js'
import { RandomRun } from './random-run.js'
import { providerNames, type RandomStep, teamNames } from './random-steps.js'
import type { RandomWorld } from './random-world.js'
import { changeMax, create, enable, grant, moveTeam, reset, tell, toggle } from './settings-steps.js'
import { repeat, settle } from './settlement-steps.js'
import { expectSameFigures, figuresOfProvider, figuresOfTeam } from './shown-figures.js'
import { ofAllModels, teamRefs } from './subject-refs.js'

/** Executes the steps of a world in a store and in the naive model, which must agree after each of them. */
export async function runWorld(world: RandomWorld): Promise<RandomRun> {
  const run = new RandomRun(world)
  await create(run)
  for (const { step, tickMs } of world.moves) {
    run.clockMs += tickMs
    run.reach(step.kind)
    await perform(run, step)
    await expectAgreement(run)
  }
  return run
}

function perform(run: RandomRun, step: RandomStep): Promise<void> {
  switch (step.kind) {
    case 'reserve':
      return reserve(run, step)
    case 'acquire':
      return acquire(run, step)
    case 'record':
      return record(run, step)
    case 'commit':
    case 'release':
    case 'extend':
      return settle(run, step)
    case 'repeat':
      return repeat(run, step)
    case 'expire':
      return run.expire(step.provider === null ? null : (providerNames[step.provider] ?? ''))
    case 'tell':
      return tell(run, step)
    case 'reset':
      return reset(run, step)
    case 'move':
      return moveTeam(run, step)
    case 'enable':
      return enable(run, step)
    case 'max':
      return changeMax(run, step)
    case 'toggle':
      return toggle(run, step)
    case 'grant':
      return grant(run, step)
  }
}

/** Asserts that the store agrees with the model and with its own ledger. */
async function expectAgreement({ store, model }: RandomRun): Promise<void> {
  const { state, nowMs } = await store.read({ type: 'snapshot', providerNames: null })
  for (const name of providerNames)
    expectSameFigures(model, figuresOfProvider(model, state, name, nowMs), nowMs)
  const latestMs = subjectTime(state, teamRefs.map(ofAllModels), nowMs)
  for (const name of teamNames)
    expectSameFigures(model, figuresOfTeam(model, state, name, latestMs), latestMs)
  assert.deepEqual(await examineStore(store, null), [])
}
