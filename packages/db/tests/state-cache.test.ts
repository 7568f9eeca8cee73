import { QuotaTracker } from '@quotakeeper/quota-core'
import { isThorough } from '@quotakeeper/test-kit'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Database, PostgresQuotaStore } from '../src/index.js'
import { engines, openMigrated } from './engines.js'
import { readValue } from './read-value.js'
import { withRoundTrips } from './with-round-trips.js'

const day = { metric: 'requests', window: 'day' } as const

/** An error of the server's for which a batch is not tried again. */
const refusal = Object.assign(new Error('the server refuses it'), { severity: 'ERROR', code: '22003' })

/** A process with a cache of its own. Notes how many statements each round trip has. */
function processOn(database: Database) {
  const roundTrips: number[] = []
  let failures = 0
  let isRefusing = false
  const noting = withRoundTrips(database, async (statements, run) => {
    roundTrips.push(statements.length)
    if (isRefusing) throw refusal
    try {
      return await run(statements)
    } catch (error) {
      failures++
      throw error
    }
  })
  const store = new PostgresQuotaStore({ database: noting })
  const tracker = new QuotaTracker({ store })
  const reserve = async (ttlSeconds = 60) => {
    const answer = await tracker.reserve({ providerName: 'a', ttlSeconds })
    return answer.decision === 'granted' ? answer.reservationId : null
  }
  /** The round trips since the last call of this. */
  const roundTripsMade = () => roundTrips.splice(0)
  /** Lets the server refuse every statement meanwhile. */
  const whileRefused = async (work: () => Promise<void>) => {
    isRefusing = true
    await work()
    isRefusing = false
  }
  return { store, tracker, reserve, roundTripsMade, failures: () => failures, whileRefused }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe.each(engines())('the cached state of a subject, on $name', engine => {
  test('spares a round trip: a call is reserved in one, and settled in one', async () => {
    await using database = await openMigrated(engine)
    const { tracker, reserve, roundTripsMade } = processOn(database)
    await tracker.upsertProvider({ name: 'a', vendor: 'v', limits: [{ ...day, max: 3 }] })
    const first = await reserve()
    roundTripsMade()
    const second = await reserve()
    expect(roundTripsMade()).toEqual([1])
    for (const reservationId of [first, second]) await tracker.commit({ reservationId: reservationId ?? '' })
    expect(roundTripsMade()).toEqual([1, 1])
    expect([await reserve(), await reserve()]).toEqual([expect.any(String), null])
    expect(roundTripsMade()).toEqual([1, 1])
    expect((await tracker.getUsageStats('a')).limits[0]).toMatchObject({ used: 2, held: 1, remaining: 0 })
  })

  test('never hides what others have written meanwhile', async () => {
    await using database = await openMigrated(engine)
    const [here, there] = [processOn(database), processOn(database)]
    await here.tracker.upsertProvider({ name: 'a', vendor: 'v', limits: [{ ...day, max: 4 }] })
    const own = await here.reserve()
    expect(await there.reserve()).not.toBeNull()
    expect(await there.reserve()).not.toBeNull()
    expect(await here.reserve()).not.toBeNull()
    expect(await here.reserve()).toBeNull()
    await there.tracker.release(own ?? '')
    expect(await here.reserve()).not.toBeNull()
    expect(await there.reserve()).toBeNull()
    await there.tracker.upsertProvider({ name: 'a', vendor: 'v', limits: [{ ...day, max: 5 }] })
    expect(await here.reserve()).not.toBeNull()
    await there.tracker.upsertProvider({ name: 'a', vendor: 'v', limits: [{ ...day, max: 3 }] })
    expect(await here.reserve()).toBeNull()
    expect((await here.tracker.getUsageStats('a')).limits[0]).toMatchObject({ held: 5, max: 3 })
  })

  test('lets a settlement of another process, and its repetition here, count once', async () => {
    await using database = await openMigrated(engine)
    const [here, there] = [processOn(database), processOn(database)]
    await here.tracker.upsertProvider({ name: 'a', vendor: 'v', limits: [{ ...day, max: 10 }] })
    const reservationId = (await here.reserve()) ?? ''
    await there.tracker.commit({ reservationId, requestCount: 2 })
    for (let times = 0; times < 3; times++) await here.tracker.commit({ reservationId, requestCount: 2 })
    await here.reserve()
    await expect(here.tracker.commit({ reservationId, requestCount: 3 })).rejects.toThrow()
    expect((await there.tracker.getUsageStats('a')).limits[0]).toMatchObject({ used: 2, held: 1 })
  })

  test('costs no connection where a call is repeated that is settled', async () => {
    await using database = await openMigrated(engine)
    const { tracker, reserve, failures } = processOn(database)
    await tracker.upsertProvider({ name: 'a', vendor: 'v', limits: [{ ...day, max: 10 }] })
    const request = { providerName: 'a', id: '6b1f0c5e-7d53-4c8e-9a55-1f2f3a4b5c6d' }
    await tracker.reserve(request)
    await tracker.commit({ reservationId: request.id })
    await reserve()
    await expect(tracker.reserve(request)).rejects.toThrow('already committed')
    expect(failures()).toBe(0)
    expect((await tracker.getUsageStats('a')).limits[0]).toMatchObject({ used: 1, held: 1 })
  })

  test('holds nothing of a batch that has failed: its commands count when they are repeated', async () => {
    await using database = await openMigrated(engine)
    const { tracker, reserve, whileRefused } = processOn(database)
    await tracker.upsertProvider({ name: 'a', vendor: 'v', limits: [{ ...day, max: 100 }] })
    const reservationId = (await reserve()) ?? ''
    const usage = { id: '0b0a6c1e-3f5e-4c0f-8d3c-0a4a7f1b2c3d', requestCount: 7, characterCount: 10 }
    await whileRefused(async () => {
      await expect(tracker.recordUsage('a', usage)).rejects.toThrow('rejects this input')
      await reserve().catch(() => undefined)
      await expect(tracker.commit({ reservationId, requestCount: 2 })).rejects.toThrow('rejects this input')
    })
    expect(await reserve()).not.toBeNull()
    expect(await tracker.commit({ reservationId, requestCount: 2 })).toMatchObject({
      requestCount: 2,
      characterCount: 0,
    })
    expect(await tracker.recordUsage('a', usage)).toMatchObject({ requestCount: 9, characterCount: 10 })
    const there = processOn(database)
    expect(await there.tracker.getUsageStats('a')).toMatchObject({ requestCount: 9, characterCount: 10 })
    expect((await there.tracker.getUsageStats('a')).limits[0]).toMatchObject({ used: 9, held: 1 })
  })

  test('does not keep a due reservation of another process pending', async () => {
    await using database = await openMigrated(engine)
    const [here, there] = [processOn(database), processOn(database)]
    const limits = [{ ...day, max: 2 }]
    await there.tracker.upsertProvider({ name: 'a', vendor: 'v', limits, onExpiry: 'release' })
    expect(await there.reserve(1)).not.toBeNull()
    expect(await here.reserve()).not.toBeNull()
    expect(await here.reserve()).toBeNull()
    const due = 'select count(*)::int from usage_attempt where expires_at <= clock_timestamp()'
    await expect.poll(() => readValue(database, due)).toBe(1)
    expect(await here.reserve()).not.toBeNull()
    expect(await here.reserve()).toBeNull()
  })

  test('is not decided on by a clock that is wrong', async () => {
    await using database = await openMigrated(engine)
    const { store, tracker, reserve, roundTripsMade } = processOn(database)
    await tracker.upsertProvider({ name: 'a', vendor: 'v', limits: [{ ...day, max: 9 }] })
    await reserve()
    const clock = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => clock() + 5_000)
    roundTripsMade()
    const askedAtMs = Date.now()
    const reservationId = await reserve()
    // In vain, and then under locks.
    expect(roundTripsMade()).toHaveLength(3)
    const page = { providerName: 'a', requestId: null, cursor: null, pageSize: 10 }
    const { rows } = await store.read({ type: 'ledger', ...page })
    const row = rows.find(({ id }) => id === reservationId)
    expect(Math.abs((row?.occurredAtMs ?? 0) - askedAtMs)).toBeLessThan(2_500)
    roundTripsMade()
    await reserve()
    expect(roundTripsMade()).toEqual([1])
  })

  test('is not used while other processes write in turn, and used again when they are done', async () => {
    await using database = await openMigrated(engine)
    const [here, there] = [processOn(database), processOn(database)]
    await here.tracker.upsertProvider({ name: 'a', vendor: 'v', limits: [{ ...day, max: 1_000 }] })
    for (let round = 0; round < 5; round++) {
      await here.reserve()
      await there.reserve()
    }
    here.roundTripsMade()
    await here.reserve()
    expect(here.roundTripsMade()).toHaveLength(2)
    for (let round = 0; round < 20; round++) await here.reserve()
    here.roundTripsMade()
    await here.reserve()
    expect(here.roundTripsMade()).toEqual([1])
    expect((await here.tracker.getUsageStats('a')).limits[0]?.held).toBe(32)
  })

  // The bound is of the store's memory, whatever the database is.
  const isTried = isThorough || engine.name !== 'PGlite'
  test.runIf(isTried)(
    'is bounded: with too many reservations in flight it is dropped, and loaded again',
    async () => {
      await using database = await openMigrated(engine)
      const { tracker, reserve, roundTripsMade } = processOn(database)
      await tracker.upsertProvider({ name: 'a', vendor: 'v', limits: [{ ...day, max: 1_000_000 }] })
      const many = 7_000
      // Longer than a busy machine takes for them: none may expire meanwhile.
      const ttlSeconds = 3_600
      const reserveMany = () => Promise.all(Array.from({ length: many }, () => reserve(ttlSeconds)))
      for (let round = 0; round < 2; round++) await reserveMany()
      roundTripsMade()
      await reserveMany()
      await reserve()
      // Loading under locks takes several statements; it is the last of the many, or the one after them.
      expect(roundTripsMade().some(count => count > 1)).toBe(true)
      await reserve()
      expect(roundTripsMade()).toEqual([1])
      expect((await tracker.getUsageStats('a')).limits[0]?.held).toBe(3 * many + 2)
    },
  )
})
