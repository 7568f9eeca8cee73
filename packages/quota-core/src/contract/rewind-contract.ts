import assert from 'node:assert/strict'
import { QuotaService } from '../service/quota-service.js'
import { commit, limit, observe, record, reserve } from './commands.js'
import { roughClockCase, type StoreContractCase } from './contract-case.js'
import type { Fixture } from './fixture.js'

const hourMs = 3_600_000
/** From 12:30 into the next day. */
const toNextDayMs = 13 * hourMs

const five = { counts: { requestCount: 5 } }

/** Recovery from a clock that was ahead for a time. */
export const rewindCases: readonly StoreContractCase[] = [
  roughClockCase('a reset rewinds a provider to a clock that was an hour ahead', async fixture => {
    const limits = [
      limit({ max: 10 }),
      limit({ id: 'hourly', window: 'hour', max: 10 }),
      limit({ id: 'rolling', window: 'rolling-1d', max: 10 }),
    ]
    const name = await fixture.provider('a', { limits })
    await fixture.answer(record(fixture.id(), name, five))
    await ahead(fixture, hourMs, () => fixture.answer(record(fixture.id(), name, five)))
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'denied')
    assert.ok((await aheadMsOf(fixture, name)) > 0.9 * hourMs)
    await serviceOf(fixture).resetUsage({ providerName: name }, 'admin')
    assert.equal(await aheadMsOf(fixture, name), 0)
    for (const id of ['requests/day', 'hourly', 'rolling']) await fixture.expectLimit(name, id, { used: 0 })
    assert.equal((await fixture.answer(reserve(fixture.id(), name, five))).decision, 'granted')
    // When time reaches the wrong instant, nothing of it is left.
    await fixture.advance(hourMs)
    await fixture.expectSoundBooks()
  }),

  roughClockCase(
    'a rewind forgives no usage: usage dated ahead counts in the current windows',
    async fixture => {
      const limits = [
        limit({ max: 12 }),
        limit({ window: 'month', max: 100 }),
        limit({ window: 'total', max: 100 }),
        limit({ id: 'rolling', window: 'rolling-1d', max: 12 }),
      ]
      const name = await fixture.provider('a', { limits })
      await fixture.answer(record(fixture.id(), name, { ...five, model: 'm', consumer: 'x' }))
      await ahead(fixture, toNextDayMs, async () => {
        await fixture.answer(record(fixture.id(), name, { ...five, model: 'm', consumer: 'x' }))
        await fixture.answer(record(fixture.id(), name, { model: 'n' }))
      })
      assert.equal((await rewind(fixture, name)).length, 1)
      await fixture.expectSoundBooks()
      for (const id of ['requests/day', 'requests/month', 'requests/total', 'rolling'])
        await fixture.expectLimit(name, id, { used: 11 })
      assert.deepEqual(
        (await fixture.days(name)).map(day => day.requestCount),
        [0, 11],
      )
      assert.equal((await fixture.stats(name)).requestCount, 11)
      assert.equal(
        (await fixture.answer(reserve(fixture.id(), name, { counts: { requestCount: 2 } }))).decision,
        'denied',
      )
      assert.deepEqual(await rewind(fixture, name), [], 'there is nothing left to rewind')
      await fixture.advance(toNextDayMs)
      await fixture.expectLimit(name, 'requests/day', { used: 0 })
      await fixture.expectSoundBooks()
    },
  ),

  roughClockCase(
    'a limit that is added after a rewind starts at the clock, not where the rewind has taken usage away',
    async fixture => {
      const monthly = limit({ window: 'month', max: 100 })
      const name = await fixture.provider('a', { limits: [monthly] })
      await ahead(fixture, toNextDayMs, () => fixture.answer(record(fixture.id(), name, five)))
      await rewind(fixture, name)
      await fixture.provider('a', { limits: [monthly, limit({ max: 6 })] })
      await fixture.expectLimit(name, 'requests/day', { used: 5 })
      assert.equal(await aheadMsOf(fixture, name), 0)
    },
  ),

  roughClockCase(
    'a pool is rewound with all providers that called through it, whatever their pool is now',
    async fixture => {
      const pool = await fixture.pool('p', { limits: [limit({ id: 'pooled', max: 100 })] })
      const other = await fixture.pool('q', { limits: [limit({ id: 'pooled', max: 100 })] })
      const limits = [limit({ max: 100 })]
      const first = await fixture.provider('a', { pool, limits })
      const second = await fixture.provider('b', { pool, limits })
      const moved = await fixture.provider('c', { pool, limits })
      await ahead(fixture, toNextDayMs, async () => {
        for (const name of [first, second, moved]) await fixture.answer(record(fixture.id(), name, five))
        await fixture.provider('c', { pool: other, limits })
        await fixture.answer(record(fixture.id(), moved))
      })
      await serviceOf(fixture).resetUsage({ providerName: first }, 'admin')
      for (const name of [first, second, moved]) assert.equal(await aheadMsOf(fixture, name), 0)
      await fixture.expectSoundBooks()
      await fixture.expectLimit(first, 'requests/day', { used: 0 })
      await fixture.expectLimit(second, 'requests/day', { used: 5 })
      await fixture.expectLimit(moved, 'requests/day', { used: 6 })
      await fixture.expectLimit(first, 'pooled', { used: 10 })
      await fixture.expectLimit(moved, 'pooled', { used: 1 })
      await fixture.advance(toNextDayMs)
      await fixture.expectSoundBooks()
    },
  ),

  roughClockCase(
    'calls made ahead stay held and are settled once, before or after the rewind',
    async fixture => {
      const limits = [
        limit({ max: 100 }),
        limit({ window: 'month', max: 1_000 }),
        limit({ window: 'total', max: 1_000 }),
        limit({ id: 'rolling', window: 'rolling-1d', max: 100 }),
      ]
      const name = await fixture.provider('a', { limits })
      const [open, lateExpired, released, expired] = [fixture.id(), fixture.id(), fixture.id(), fixture.id()]
      await ahead(fixture, toNextDayMs, async () => {
        await fixture.answer(reserve(released, name, five))
        await fixture.answer({ type: 'release', reservationId: released })
        await fixture.answer(reserve(expired, name, { ...five, ttlMs: 60_000 }))
        await fixture.advance(61_000)
        await fixture.expire(name)
        await fixture.advance(-61_000)
        await fixture.answer(reserve(open, name, five))
        await fixture.answer(reserve(lateExpired, name, { ...five, ttlMs: 60_000 }))
      })
      await rewind(fixture, name)
      await fixture.expectLimit(name, 'requests/day', { used: 5, held: 10 })
      await fixture.expectSoundBooks()
      // It keeps its remaining time to live, without the hours ahead.
      await fixture.advance(125_000)
      await fixture.expire(name)
      await fixture.expectLimit(name, 'requests/day', { used: 10, held: 5 })
      for (const id of [open, lateExpired, released, expired])
        for (let times = 0; times < 2; times++)
          await fixture.answer(commit(id, { counts: { requestCount: 3 } }))
      for (const id of ['requests/day', 'requests/month', 'requests/total'])
        await fixture.expectLimit(name, id, { used: 12 })
      await fixture.expectSoundBooks()
      await fixture.advance(toNextDayMs)
      await fixture.expectSoundBooks()
    },
  ),

  roughClockCase('an expiry ahead that a reset has taken back is not taken back twice', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 100 })] })
    const [before, between, after] = [fixture.id(), fixture.id(), fixture.id()]
    const expired = async (id: string) => {
      await fixture.answer(reserve(id, name, { ...five, ttlMs: 60_000 }))
      await fixture.advance(61_000)
      await fixture.expire(name)
    }
    await ahead(fixture, 2 * hourMs, async () => {
      await expired(before)
      await serviceOf(fixture).resetUsage({ providerName: name }, 'admin')
      await expired(between)
    })
    await rewind(fixture, name)
    await fixture.expectLimit(name, 'requests/day', { used: 5 })
    await fixture.answer(commit(between, { counts: { requestCount: 1 } }))
    await fixture.expectLimit(name, 'requests/day', { used: 1 })
    await serviceOf(fixture).resetUsage({ providerName: name }, 'admin')
    await fixture.answer(commit(before, { counts: { requestCount: 2 } }))
    await fixture.expectLimit(name, 'requests/day', { used: 2 })
    await fixture.expectSoundBooks()
    await expired(after)
    await fixture.answer(commit(after, { counts: { requestCount: 3 } }))
    await fixture.expectLimit(name, 'requests/day', { used: 5 })
  }),

  roughClockCase('vendor reports and cool-downs received ahead stay valid', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    await ahead(fixture, toNextDayMs, async () => {
      await fixture.answer(record(fixture.id(), name))
      await fixture.answer(observe(name, { facts: [fixture.fact({ max: 10, remaining: 3 })] }))
      const untilMs = (await fixture.nowMs()) + 60_000
      const refusal = { scope: 'provider', model: '', kind: 'rate_limit', untilMs } as const
      await fixture.answer(observe(name, { refusal }))
    })
    await rewind(fixture, name)
    await fixture.expectLimit(name, 'requests/day', { used: 1, observed: 6 })
    await fixture.advance(61_000)
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
  }),

  roughClockCase('more settled calls than one step takes are all re-dated', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 100_000 })] })
    const ids = Array.from({ length: 1_300 }, () => fixture.id())
    await ahead(fixture, toNextDayMs, async () => {
      await fixture.execute(ids.map(id => reserve(id, name, { ttlMs: 60_000, model: 'm' })))
      await fixture.execute(ids.slice(0, 500).map(reservationId => ({ type: 'release', reservationId })))
      await fixture.advance(61_000)
      while ((await serviceOf(fixture).expireDue()).isFull);
    })
    await rewind(fixture, name)
    await fixture.expectLimit(name, 'requests/day', { used: 800 })
    await fixture.expectSoundBooks()
    await fixture.execute(ids.map(id => commit(id)))
    await fixture.expectLimit(name, 'requests/day', { used: 1_300 })
  }),
]

/** Runs `work` while the clock is ahead. */
async function ahead(fixture: Fixture, ms: number, work: () => Promise<unknown>): Promise<void> {
  const startMs = await fixture.nowMs()
  await fixture.advance(ms)
  await work()
  // Includes what the work moved it by.
  await fixture.advance(startMs - (await fixture.nowMs()))
}

function serviceOf({ store }: Fixture): QuotaService {
  return new QuotaService({ store })
}

/** Rewinds one provider's pool and returns the rewound subjects. */
async function rewind(fixture: Fixture, name: string): Promise<readonly unknown[]> {
  const rewound = await serviceOf(fixture).rewindClock('admin')
  return rewound.filter(subject => subject.name === name)
}

async function aheadMsOf(fixture: Fixture, name: string): Promise<number> {
  const ahead = await serviceOf(fixture).aheadOfClock()
  return ahead.find(subject => subject.kind === 'provider' && subject.name === name)?.aheadMs ?? 0
}
