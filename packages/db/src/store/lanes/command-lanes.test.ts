import { randomUUID } from 'node:crypto'
import type { Command, Outcome, SubjectRef } from '@quotakeeper/quota-core'
import { expect, test } from 'vitest'
import { CommandLanes, type LaneWork } from './command-lanes.js'

const bounds = { maxLanes: 4, maxInBatch: 100, maxQueued: 1_000, maxQueuedOfSubject: 500 }
const answered: Outcome = { ok: true, answer: { expired: 0 } }

const release = (): Command => ({ type: 'release', reservationId: randomUUID() })
const subject = (name: string): SubjectRef => ({ kind: 'provider', name })

/** Work in which every command needs another subject than was thought, for so many rounds. */
function shortWork(rounds: number) {
  let runs = 0
  const work: LaneWork = {
    run: async ({ commands }) => {
      runs++
      if (runs > rounds) return commands.map(() => answered)
      return { needed: commands.map(() => [subject(`new ${runs}`)]) }
    },
    subjectsOf: () => [subject('guess')],
    findLocked: async () => [],
    withoutLocked: asked => asked,
    onLocked: () => undefined,
  }
  return { lanes: new CommandLanes(work, bounds), runs: () => runs }
}

test('a command that needs other locks is given them up to eight times, and refused at the ninth', async () => {
  const often = shortWork(8)
  expect(await often.lanes.execute(release(), null)).toEqual(answered)
  expect(often.runs()).toBe(9)
  const always = shortWork(Number.POSITIVE_INFINITY)
  await expect(always.lanes.execute(release(), null)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining('in each of 8 rounds'),
  })
  expect(always.runs()).toBe(9)
  // Nothing is left of it.
  await always.lanes.drained()
})
