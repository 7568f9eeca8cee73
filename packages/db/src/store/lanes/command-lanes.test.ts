import { randomUUID } from 'node:crypto'
import type { Command, Outcome, SubjectRef } from '@quotakeeper/quota-core'
import { afterEach, expect, test, vi } from 'vitest'
import { DatabaseFailure } from '../failures.js'
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
    message: expect.stringContaining('changed in each of 8 tries'),
  })
  expect(always.runs()).toBe(9)
  // Nothing is left of it.
  await always.lanes.drained()
})

afterEach(() => {
  vi.restoreAllMocks()
})

test('of the commands of a batch that met a lock late on a busy machine, those without it are answered', async () => {
  let nowMs = 0
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
  const [waits, goes] = [release(), release()]
  const held = subject('held')
  const work: LaneWork = {
    run: async ({ commands }) => {
      if (!commands.includes(waits)) return commands.map(() => answered)
      nowMs += 6_000
      const cause = Object.assign(new Error('canceling statement due to lock timeout'), {
        code: '55P03',
        severity: 'ERROR',
      })
      throw new DatabaseFailure('a statement failed', { cause })
    },
    subjectsOf: command => [command === waits ? held : subject('free')],
    findLocked: async () => [held],
    withoutLocked: asked => asked,
    onLocked: () => undefined,
  }
  const lanes = new CommandLanes(work, bounds)
  const [refused, outcome] = await Promise.allSettled([lanes.execute(waits, null), lanes.execute(goes, null)])
  expect(refused).toMatchObject({
    reason: { message: expect.stringContaining('provider "held" waited for') },
  })
  expect(outcome).toEqual({ status: 'fulfilled', value: answered })
})
