import assert from 'node:assert/strict'
import {
  type Command,
  consumerStats,
  MemoryQuotaStore,
  type Outcome,
  providerStats,
} from '@quotakeeper/quota-core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { simulationScale } from '../simulation-scale.js'
import type { Logged, RandomRun } from './random-run.js'
import { providerNames, teamNames } from './random-steps.js'
import { type RandomWorld, randomWorld } from './random-world.js'
import { runWorld } from './run-world.js'

/** More in `test:fire`. */
const runs = 20 * simulationScale

/** Runs a property. On failure fast-check prints the seed and path to reproduce it. */
async function holds(
  world: fc.Arbitrary<RandomWorld>,
  check: (world: RandomWorld) => Promise<void>,
  numRuns = runs,
): Promise<void> {
  await fc.assert(fc.asyncProperty(world, check), { numRuns })
}

it('random commands on a moving clock agree with the naive model at every step', async () => {
  const reached = new Map<string, number>()
  const check = async (world: RandomWorld): Promise<void> => {
    const run = await runWorld(world)
    for (const [what, count] of run.reached) reached.set(what, (reached.get(what) ?? 0) + count)
    await expectAlertsOnce(run)
  }
  // Twice as many: some of these are reached in one of five worlds.
  await holds(randomWorld({ jumpsBack: true }), check, 2 * runs)
  // Without grants and denials the property would prove nothing.
  for (const what of [
    'granted',
    'denied',
    'commit',
    'reset',
    'tell',
    'max',
    'toggle',
    'grant',
    'repeat',
    'expired',
    'moved',
    'cycle',
    'user',
    'user denied',
  ]) {
    expect(reached.get(what) ?? 0, what).toBeGreaterThan(0)
  }
})

it('reads change nothing, even with due attempts', async () => {
  await holds(randomWorld({ jumpsBack: false }), async world => {
    const run = await runWorld(world)
    const unread = await replayed(run.log)
    assert.deepEqual(
      unread.outcomes,
      run.log.map(({ outcome }) => outcome),
    )
    unread.moveTo(run.clockMs)
    assert.deepEqual(await picture(unread.store), await picture(run.store))
  })
})

it('retryAt of a denial is the first instant at which the same request fits, if no other call arrives', async () => {
  let tried = 0
  const check = async (world: RandomWorld): Promise<void> => {
    const run = await runWorld(world)
    for (const [index, { command, outcome }] of run.log.entries()) {
      if (command.type !== 'reserve' || !outcome.ok || !('decision' in outcome.answer)) continue
      if (outcome.answer.decision === 'granted' || outcome.answer.retryAt === null) continue
      // When a call in flight ends is unknown.
      if (outcome.answer.reasons.some(({ limitId }) => limitId?.startsWith('flight') === true)) continue
      tried++
      await expectTruthful(run.log.slice(0, index + 1), command, Date.parse(outcome.answer.retryAt))
    }
  }
  // Twice as many: there is such a denial in one of five worlds.
  await holds(randomWorld({ jumpsBack: false }), check, 2 * runs)
  expect(tried).toBeGreaterThan(0)
})

/**
 * Spends all held units, then asserts that the request is denied until the instant and granted at it. Of several changes
 * of an owner at one instant each is a millisecond later than the one before: by so much it may be granted earlier.
 */
async function expectTruthful(
  log: readonly Logged[],
  command: Command & { type: 'reserve' },
  retryAtMs: number,
): Promise<void> {
  const { store, moveTo } = await replayed(log)
  const { rows } = await store.read({
    type: 'ledger',
    providerName: null,
    requestId: null,
    cursor: null,
    pageSize: 10_000,
  })
  for (const row of rows.filter(({ state }) => state === 'pending')) {
    const spent = { counts: row.reserved, estimated: false, outcome: 'succeeded', hash: 'spent' } as const
    await store.execute([{ type: 'commit', reservationId: row.id, ...spent }])
  }
  const ask = async (id: string): Promise<string> => {
    const [outcome] = await store.execute([{ ...command, id }])
    assert.ok(outcome?.ok && 'decision' in outcome.answer)
    return outcome.answer.decision
  }
  const { state } = await store.read({ type: 'snapshot', providerNames: null })
  const nowMs = log.at(-1)?.atMs ?? 0
  const aheadMs = Math.max(0, ...[...state.owners()].map(({ updatedAtMs }) => updatedAtMs - nowMs))
  moveTo(retryAtMs - 1 - aheadMs)
  assert.equal(await ask('00000000-0000-4000-8000-000000999998'), 'denied', 'a millisecond earlier')
  moveTo(retryAtMs)
  assert.equal(await ask('00000000-0000-4000-8000-000000999999'), 'granted', 'at retryAt')
}

interface Replayed {
  readonly store: MemoryQuotaStore
  readonly outcomes: readonly Outcome[]
  moveTo(instantMs: number): void
}

/** A new store that executed only the logged commands, at the same times. */
async function replayed(log: readonly Logged[]): Promise<Replayed> {
  let nowMs = 0
  const store = new MemoryQuotaStore({ now: () => nowMs })
  const outcomes: Outcome[] = []
  for (const { atMs, command } of log) {
    nowMs = atMs
    outcomes.push(...(await store.execute([command])))
  }
  const moveTo = (instantMs: number): void => {
    nowMs = instantMs
  }
  return { store, outcomes, moveTo }
}

/** The visible state of a store. */
async function picture(store: MemoryQuotaStore): Promise<unknown> {
  const { state, nowMs } = await store.read({ type: 'snapshot', providerNames: null })
  const rows = { cursor: null, pageSize: 10_000 } as const
  return {
    stats: providerNames.map(name => providerStats(state, name, nowMs)),
    teams: teamNames.map(name => consumerStats(state, name, nowMs)),
    ledger: await store.read({ type: 'ledger', providerName: null, requestId: null, ...rows }),
    days: await store.read({
      type: 'history',
      providerName: null,
      from: '2026-01-01',
      to: '2028-01-01',
      ...rows,
    }),
  }
}

/** At most one alert for each subject, limit, model, window, threshold and version. */
async function expectAlertsOnce({ store }: RandomRun): Promise<void> {
  const anyone = { subjectKind: null, subjectName: null, severity: null } as const
  const { rows } = await store.read({ type: 'alerts', ...anyone, cursor: null, pageSize: 10_000 })
  const keys = rows.map(({ subject, limitId, model, windowStartMs, thresholdPercent, limitVersion }) =>
    [subject.kind, subject.name, limitId, model, windowStartMs, thresholdPercent, limitVersion].join('\n'),
  )
  assert.equal(new Set(keys).size, keys.length, 'each alert once')
}
