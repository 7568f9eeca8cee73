import { examineStore, type LimitInput, QuotaTracker } from '@quotakeeper/quota-core'
import { isThorough } from '@quotakeeper/test-kit'
import { describe, expect, test } from 'vitest'
import { type Database, PostgresQuotaStore } from '../src/index.js'
import { engines, openMigrated } from './engines.js'
import { withRoundTrips } from './with-round-trips.js'

const each = { metric: 'requests', window: 'day', model: '*', per: 'model' } as const

/** A process with a cache of its own. */
function processOn(database: Database, maxOfSubject?: number) {
  const counterRows: number[] = []
  const noting = withRoundTrips(database, async (statements, run) => {
    const results = await run(statements)
    for (const [row] of results) {
      const counters = row?.['counters']
      if (Array.isArray(counters)) counterRows.push(counters.length)
    }
    return results
  })
  const bounds = maxOfSubject === undefined ? {} : { modelBounds: { maxOfSubject, maxOfAll: 50 } }
  const store = new PostgresQuotaStore({ database: noting, ...bounds })
  const tracker = new QuotaTracker({ store })
  const reserve = async (model: string) => {
    const answer = await tracker.reserve({ providerName: 'a', model })
    return answer.decision === 'granted' ? answer.reservationId : null
  }
  const upsert = (limits: readonly LimitInput[]) => tracker.upsertProvider({ name: 'a', vendor: 'v', limits })
  /** How many counters were read since this was last asked, statement by statement. */
  const countersRead = () => counterRows.splice(0)
  const examine = () => examineStore(store, ['a'])
  return { tracker, reserve, upsert, examine, countersRead }
}

/** The same numbers for the same seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe.each(engines())('counters of models, on $name', engine => {
  test('are read of the models that are called, however many others there are', async () => {
    await using database = await openMigrated(engine)
    const there = processOn(database)
    await there.upsert([
      { ...each, max: 9 },
      { metric: 'requests', window: 'month', max: 100_000 },
    ])
    const models = Array.from({ length: 400 }, (_, index) => `model-${index}`)
    await Promise.all(models.map(model => there.tracker.recordUsage('a', { model })))
    const here = processOn(database)
    const id = await here.reserve('model-1')
    await here.reserve('model-2')
    await here.reserve('model-1')
    await here.tracker.commit({ reservationId: id ?? '' })
    await here.tracker.recordUsage('a', { model: 'new' })
    expect(Math.max(...here.countersRead())).toBeLessThanOrEqual(4)
    const stats = await here.tracker.getUsageStats('a')
    expect(stats.modelsLeftOut).toBe(301)
    expect(Math.max(...here.countersRead())).toBeLessThanOrEqual(4)
    expect(stats.limits.find(({ model }) => model === 'model-1')).toMatchObject({ used: 2, held: 1 })
  })

  test('of another process are met, whether the model was called here before or not', async () => {
    await using database = await openMigrated(engine)
    const [here, there] = [processOn(database), processOn(database)]
    await here.upsert([{ ...each, max: 2 }])
    expect(await here.reserve('x')).not.toBeNull()
    // Cached here as having none, and then counted there.
    await here.tracker.release((await here.reserve('y')) ?? '')
    expect(await there.reserve('y')).not.toBeNull()
    expect(await there.reserve('y')).not.toBeNull()
    expect(await there.reserve('z')).not.toBeNull()
    expect(await here.reserve('y')).toBeNull()
    expect(await here.reserve('z')).not.toBeNull()
    expect(await here.reserve('z')).toBeNull()
    expect(await there.reserve('x')).not.toBeNull()
    expect(await here.reserve('x')).toBeNull()
  })

  test('are exact while two processes call different models of one provider, and some the same', async () => {
    await using database = await openMigrated(engine)
    const processes = [processOn(database, 3), processOn(database)]
    const [first] = processes
    await first?.upsert([
      { ...each, max: 4 },
      { metric: 'requests', window: 'month', max: 1_000 },
    ])
    const models = Array.from({ length: 12 }, (_, index) => `model-${index}`)
    const granted = new Map<string, number>()
    const call = async (process: (typeof processes)[number], model: string) => {
      if ((await process.reserve(model)) !== null) granted.set(model, (granted.get(model) ?? 0) + 1)
    }
    const rounds = Array.from({ length: 8 }, (_, round) => round)
    await Promise.all(
      processes.flatMap((process, index) =>
        rounds.flatMap(() => models.slice(index * 4, index * 4 + 8).map(model => call(process, model))),
      ),
    )
    expect([...granted]).toHaveLength(12)
    expect(new Set(granted.values())).toEqual(new Set([4]))
    expect(await first?.examine()).toEqual([])
  })

  test.each(isThorough ? [1, 2, 3, 4, 5, 6] : [1])(
    'are never granted again when models are dropped from the cache, with seed %i',
    async seed => {
      await using database = await openMigrated(engine)
      const processes = [processOn(database, 2), processOn(database, 5), processOn(database)]
      const random = randomOf(seed)
      const max = 3
      await processes[0]?.upsert([
        { ...each, max },
        { ...each, metric: 'characters', window: 'month', max: 50 },
      ])
      const pending: { readonly id: string; readonly model: string }[] = []
      const counted = new Map<string, number>()
      const add = (model: string, units: number) => counted.set(model, (counted.get(model) ?? 0) + units)
      for (let step = 0; step < 150; step++) {
        // Long with one process, so that it decides on its cached state.
        const { tracker, reserve } = processes[random(10) < 7 ? 0 : random(3)] ?? processOn(database)
        const model = `model-${random(9)}`
        const settled = random(3) === 0 ? pending.splice(random(pending.length), 1)[0] : undefined
        if (settled === undefined) {
          const id = await reserve(model)
          expect(id !== null, `${step}: ${model}`).toBe((counted.get(model) ?? 0) < max)
          if (id === null) continue
          add(model, 1)
          pending.push({ id, model })
        } else if (random(2) === 0) {
          await tracker.release(settled.id)
          add(settled.model, -1)
        } else await tracker.commit({ reservationId: settled.id })
      }
      expect(await processes[1]?.examine()).toEqual([])
    },
  )

  test('follow a limit that another process has changed', async () => {
    await using database = await openMigrated(engine)
    const [here, there] = [processOn(database), processOn(database)]
    await here.upsert([{ ...each, max: 1 }])
    expect(await here.reserve('x')).not.toBeNull()
    await there.upsert([
      { ...each, max: 2 },
      { ...each, window: 'month', max: 3 },
    ])
    expect([await here.reserve('x'), await here.reserve('x')]).toEqual([expect.any(String), null])
    expect(await here.reserve('y')).not.toBeNull()
    await there.upsert([])
    expect(await here.reserve('x')).not.toBeNull()
    expect(await here.examine()).toEqual([])
  })

  test('are none of a name that no database can hold', async () => {
    await using database = await openMigrated(engine)
    const { tracker, upsert } = processOn(database)
    await upsert([{ ...each, max: 1 }])
    for (const model of ['a\0b', '\ud800', 'x'.repeat(201), '']) {
      await expect(tracker.reserve({ providerName: 'a', model })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        field: 'model',
      })
    }
    expect((await tracker.getUsageStats('a')).limits).toEqual([])
  })
})
