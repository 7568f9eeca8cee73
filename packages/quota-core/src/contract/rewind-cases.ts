import assert from 'node:assert/strict'
import { QuotaService } from '../service/quota-service.js'
import { commit, limit, observe, record, reserve } from './asked.js'
import { roughClockCase, type StoreContractCase } from './contract-case.js'
import type { Scene } from './scene.js'

const hourMs = 3_600_000
/** From half past twelve into the next day. */
const toNextDayMs = 13 * hourMs

const five = { counts: { requestCount: 5 } }

/** What a clock leaves behind that was ahead for a time, and what frees it. */
export const rewindCases: readonly StoreContractCase[] = [
  roughClockCase('a reset takes a provider back to a clock that was an hour ahead', async scene => {
    const limits = [
      limit({ max: 10 }),
      limit({ id: 'hourly', window: 'hour', max: 10 }),
      limit({ id: 'rolling', window: 'rolling-1d', max: 10 }),
    ]
    const name = await scene.provider('a', { limits })
    await scene.answer(record(scene.id(), name, five))
    await ahead(scene, hourMs, () => scene.answer(record(scene.id(), name, five)))
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'denied')
    assert.ok((await aheadMsOf(scene, name)) > 0.9 * hourMs)
    await serviceOf(scene).resetUsage({ providerName: name }, 'admin')
    assert.equal(await aheadMsOf(scene, name), 0)
    for (const id of ['requests/day', 'hourly', 'rolling']) await scene.expectLimit(name, id, { used: 0 })
    assert.equal((await scene.answer(reserve(scene.id(), name, five))).decision, 'granted')
    // When time comes to where the clock was, nothing of it is there any more.
    await scene.advance(hourMs)
    await scene.expectSoundBooks()
  }),

  roughClockCase(
    'a rewind forgives nothing: what came ahead counts in the windows of the present',
    async scene => {
      const limits = [
        limit({ max: 12 }),
        limit({ window: 'month', max: 100 }),
        limit({ id: 'rolling', window: 'rolling-1d', max: 12 }),
      ]
      const name = await scene.provider('a', { limits })
      await scene.answer(record(scene.id(), name, { ...five, model: 'm', consumer: 'x' }))
      await ahead(scene, toNextDayMs, async () => {
        await scene.answer(record(scene.id(), name, { ...five, model: 'm', consumer: 'x' }))
        await scene.answer(record(scene.id(), name, { model: 'n' }))
      })
      assert.equal((await rewind(scene, name)).length, 1)
      await scene.expectSoundBooks()
      for (const id of ['requests/day', 'requests/month', 'rolling'])
        await scene.expectLimit(name, id, { used: 11 })
      assert.deepEqual(
        (await scene.days(name)).map(day => day.requestCount),
        [0, 11],
      )
      assert.equal((await scene.stats(name)).requestCount, 11)
      assert.equal(
        (await scene.answer(reserve(scene.id(), name, { counts: { requestCount: 2 } }))).decision,
        'denied',
      )
      assert.deepEqual(await rewind(scene, name), [], 'there is nothing left to rewind')
      await scene.advance(toNextDayMs)
      await scene.expectLimit(name, 'requests/day', { used: 0 })
      await scene.expectSoundBooks()
    },
  ),

  roughClockCase(
    'a pool is rewound with all that have called through it, wherever they are now',
    async scene => {
      const pool = await scene.pool('p', { limits: [limit({ id: 'pooled', max: 100 })] })
      const other = await scene.pool('q', { limits: [limit({ id: 'pooled', max: 100 })] })
      const limits = [limit({ max: 100 })]
      const first = await scene.provider('a', { pool, limits })
      const second = await scene.provider('b', { pool, limits })
      const moved = await scene.provider('c', { pool, limits })
      await ahead(scene, toNextDayMs, async () => {
        for (const name of [first, second, moved]) await scene.answer(record(scene.id(), name, five))
        await scene.provider('c', { pool: other, limits })
        await scene.answer(record(scene.id(), moved))
      })
      await serviceOf(scene).resetUsage({ providerName: first }, 'admin')
      for (const name of [first, second, moved]) assert.equal(await aheadMsOf(scene, name), 0)
      await scene.expectSoundBooks()
      await scene.expectLimit(first, 'requests/day', { used: 0 })
      await scene.expectLimit(second, 'requests/day', { used: 5 })
      await scene.expectLimit(moved, 'requests/day', { used: 6 })
      await scene.expectLimit(first, 'pooled', { used: 10 })
      await scene.expectLimit(moved, 'pooled', { used: 1 })
      await scene.advance(toNextDayMs)
      await scene.expectSoundBooks()
    },
  ),

  roughClockCase('calls that were made ahead are held, and settled once, whenever they are', async scene => {
    const limits = [
      limit({ max: 100 }),
      limit({ window: 'month', max: 1_000 }),
      limit({ id: 'rolling', window: 'rolling-1d', max: 100 }),
    ]
    const name = await scene.provider('a', { limits })
    const [open, lateExpired, released, expired] = [scene.id(), scene.id(), scene.id(), scene.id()]
    await ahead(scene, toNextDayMs, async () => {
      await scene.answer(reserve(released, name, five))
      await scene.answer({ type: 'release', reservationId: released })
      await scene.answer(reserve(expired, name, { ...five, ttlMs: 60_000 }))
      await scene.advance(61_000)
      await scene.expire(name)
      await scene.advance(-61_000)
      await scene.answer(reserve(open, name, five))
      await scene.answer(reserve(lateExpired, name, { ...five, ttlMs: 60_000 }))
    })
    await rewind(scene, name)
    await scene.expectLimit(name, 'requests/day', { used: 5, held: 10 })
    await scene.expectSoundBooks()
    // What it had left of its time it still has, and no hours more.
    await scene.advance(125_000)
    await scene.expire(name)
    await scene.expectLimit(name, 'requests/day', { used: 10, held: 5 })
    for (const id of [open, lateExpired, released, expired])
      for (let times = 0; times < 2; times++) await scene.answer(commit(id, { counts: { requestCount: 3 } }))
    for (const id of ['requests/day', 'requests/month']) await scene.expectLimit(name, id, { used: 12 })
    await scene.expectSoundBooks()
    await scene.advance(toNextDayMs)
    await scene.expectSoundBooks()
  }),

  roughClockCase('an expiry ahead that a reset has taken back is not taken back again', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 100 })] })
    const [before, between, after] = [scene.id(), scene.id(), scene.id()]
    const expired = async (id: string) => {
      await scene.answer(reserve(id, name, { ...five, ttlMs: 60_000 }))
      await scene.advance(61_000)
      await scene.expire(name)
    }
    await ahead(scene, 2 * hourMs, async () => {
      await expired(before)
      await serviceOf(scene).resetUsage({ providerName: name }, 'admin')
      await expired(between)
    })
    await rewind(scene, name)
    await scene.expectLimit(name, 'requests/day', { used: 5 })
    await scene.answer(commit(between, { counts: { requestCount: 1 } }))
    await scene.expectLimit(name, 'requests/day', { used: 1 })
    await serviceOf(scene).resetUsage({ providerName: name }, 'admin')
    await scene.answer(commit(before, { counts: { requestCount: 2 } }))
    await scene.expectLimit(name, 'requests/day', { used: 2 })
    await scene.expectSoundBooks()
    await expired(after)
    await scene.answer(commit(after, { counts: { requestCount: 3 } }))
    await scene.expectLimit(name, 'requests/day', { used: 5 })
  }),

  roughClockCase(
    'what a vendor said ahead holds now: of its quota, and for how long it refuses',
    async scene => {
      const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
      await ahead(scene, toNextDayMs, async () => {
        await scene.answer(record(scene.id(), name))
        await scene.answer(observe(name, { facts: [scene.fact({ max: 10, remaining: 3 })] }))
        const untilMs = (await scene.nowMs()) + 60_000
        const refusal = { scope: 'provider', model: '', kind: 'rate_limit', untilMs } as const
        await scene.answer(observe(name, { refusal }))
      })
      await rewind(scene, name)
      await scene.expectLimit(name, 'requests/day', { used: 1, observed: 6 })
      await scene.advance(61_000)
      assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'granted')
    },
  ),

  roughClockCase('more calls settled ahead than one step takes are all dated anew', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 100_000 })] })
    const ids = Array.from({ length: 1_300 }, () => scene.id())
    await ahead(scene, toNextDayMs, async () => {
      await scene.execute(ids.map(id => reserve(id, name, { ttlMs: 60_000, model: 'm' })))
      await scene.execute(ids.slice(0, 500).map(reservationId => ({ type: 'release', reservationId })))
      await scene.advance(61_000)
      while ((await serviceOf(scene).expireDue()).isFull);
    })
    await rewind(scene, name)
    await scene.expectLimit(name, 'requests/day', { used: 800 })
    await scene.expectSoundBooks()
    await scene.execute(ids.map(id => commit(id)))
    await scene.expectLimit(name, 'requests/day', { used: 1_300 })
  }),
]

/** Does something while the clock is ahead. */
async function ahead(scene: Scene, ms: number, work: () => Promise<unknown>): Promise<void> {
  const startMs = await scene.nowMs()
  await scene.advance(ms)
  await work()
  // Whatever the work has moved it by.
  await scene.advance(startMs - (await scene.nowMs()))
}

function serviceOf({ store }: Scene): QuotaService {
  return new QuotaService({ store })
}

/** What is freed by a rewind of one provider's pool, as a doctor does it of all. */
async function rewind(scene: Scene, name: string): Promise<readonly unknown[]> {
  const rewound = await serviceOf(scene).rewindClock('admin')
  return rewound.filter(subject => subject.name === name)
}

async function aheadMsOf(scene: Scene, name: string): Promise<number> {
  const ahead = await serviceOf(scene).aheadOfClock()
  return ahead.find(subject => subject.kind === 'provider' && subject.name === name)?.aheadMs ?? 0
}
