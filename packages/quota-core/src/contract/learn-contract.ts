import assert from 'node:assert/strict'
import { commit, limit, observe, record, reserve, upsertProvider } from './commands.js'
import { contractCase, type StoreContractCase } from './contract-case.js'
import type { Fixture } from './fixture.js'

/** Applies a vendor's report and its limit update, and asserts that a repetition has none. */
async function reported(fixture: Fixture, name: string, seen: Parameters<typeof observe>[1]): Promise<void> {
  const { limitUpdate } = await fixture.answer(observe(name, seen))
  assert.ok(limitUpdate !== null, 'there is a limit update')
  assert.deepEqual(await fixture.answer(limitUpdate), { changed: true })
  const again = await fixture.answer(observe(name, seen))
  assert.equal(again.limitUpdate, null, 'a limit update is applied once')
}

async function sourcesOf(fixture: Fixture, name: string): Promise<readonly string[]> {
  const { limits } = await fixture.stats(name)
  return limits.map(({ id, source, max }) => `${source} ${id} ${max}`)
}

/** Limits learned from vendors. */
export const learnCases: readonly StoreContractCase[] = [
  contractCase('a learned limit counts past calls, calls in flight and later calls', async fixture => {
    const name = await fixture.provider('a', { limits: [] })
    const flying = fixture.id()
    await fixture.answer(record(fixture.id(), name, { counts: { requestCount: 3 } }))
    await fixture.answer(reserve(flying, name, { counts: { requestCount: 2 } }))
    await reported(fixture, name, { facts: [fixture.fact({ max: 10, remaining: 4 })] })
    await fixture.expectLimit(name, 'requests/day', { used: 3, held: 2, observed: 1 })
    assert.deepEqual(await sourcesOf(fixture, name), ['learned requests/day 10'])
    const denied = await fixture.answer(reserve(fixture.id(), name, { counts: { requestCount: 5 } }))
    assert.ok(denied.decision === 'denied')
    assert.equal(denied.reasons[0]?.limitId, 'requests/day')
    await fixture.answer(commit(flying, { counts: { requestCount: 2 } }))
    await fixture.expectLimit(name, 'requests/day', { used: 5, held: 0, observed: 1 })
  }),

  contractCase('a learned rolling limit is as full as the vendor reports', async fixture => {
    const name = await fixture.provider('a', { limits: [] })
    await reported(fixture, name, { facts: [fixture.fact({ window: 'rolling-30d', max: 10, remaining: 3 })] })
    await fixture.expectLimit(name, 'requests/rolling-30d', { used: 7 })
  }),

  contractCase('configured limits replace learned ones, whichever came first', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 5 })] })
    const facts = [
      fixture.fact({ max: 10, remaining: 10 }),
      fixture.fact({ window: 'month', max: 90, remaining: 90 }),
    ]
    await reported(fixture, name, { facts })
    assert.deepEqual(await sourcesOf(fixture, name), [
      'configured requests/day 5',
      'learned requests/month 90',
    ])
    await fixture.answer(upsertProvider(name, { limits: [limit({ window: 'month', max: 70 })] }))
    assert.deepEqual(await sourcesOf(fixture, name), ['configured requests/month 70'])
    await fixture.answer(upsertProvider(name, { limits: [] }))
    await reported(fixture, name, { facts })
    await fixture.answer(upsertProvider(name, { priority: 3 }))
    assert.deepEqual(await sourcesOf(fixture, name), ['learned requests/day 10', 'learned requests/month 90'])
  }),

  contractCase(
    'a limit of one model is learned for that model only, and calls without a model continue',
    async fixture => {
      const name = await fixture.provider('a', { limits: [] })
      const facts = [fixture.fact({ max: 2, remaining: 0, perModel: true })]
      assert.equal((await fixture.answer(observe(name, { facts }))).limitUpdate, null, 'without a model')
      await reported(fixture, name, { model: 'x', facts })
      const decision = async (model: string): Promise<string> =>
        (await fixture.answer(reserve(fixture.id(), name, { model }))).decision
      assert.deepEqual([await decision('x'), await decision('y')], ['denied', 'granted'])
      assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
      assert.equal((await fixture.stats(name)).status, 'available')
    },
  ),

  contractCase(
    'limits per day are not learned if the vendor’s days begin at another time, which would block a key for hours',
    async fixture => {
      const name = await fixture.provider('a', { timeZone: 'UTC', limits: [] })
      const pacific = 'America/Los_Angeles'
      const day = fixture.fact({ max: 10, remaining: 0, timeZone: pacific })
      const limitUpdate = async (): Promise<unknown> =>
        (await fixture.answer(observe(name, { facts: [day] }))).limitUpdate
      assert.equal(await limitUpdate(), null)
      await reported(fixture, name, {
        facts: [day, fixture.fact({ window: 'minute', max: 5, remaining: 5, timeZone: pacific })],
      })
      assert.deepEqual(await sourcesOf(fixture, name), ['learned requests/minute 5'])
      await fixture.answer(upsertProvider(name, { timeZone: pacific }))
      assert.deepEqual(await sourcesOf(fixture, name), [], 'a change of days removes learned limits')
      await reported(fixture, name, { facts: [day] })
      assert.deepEqual(await sourcesOf(fixture, name), ['learned requests/day 10'])
      await fixture.answer(upsertProvider(name, { dayStartsAt: '06:00' }))
      assert.deepEqual(await sourcesOf(fixture, name), [])
      assert.equal(await limitUpdate(), null)
    },
  ),

  contractCase(
    'a new provider without a time zone takes that of its vendor, an existing one keeps its own',
    async fixture => {
      const pacific = 'America/Los_Angeles'
      const zoneOf = async (name: string): Promise<string | undefined> => {
        const { state } = await fixture.store.read({ type: 'snapshot', providerNames: [name] })
        return state.subject({ kind: 'provider', name })?.timeZone
      }
      const limits = [limit({ max: 10 }), limit({ window: 'month', max: 90 })]
      const fresh = await fixture.provider('a', { timeZone: undefined, timeZoneWhenNew: pacific, limits })
      assert.equal(await zoneOf(fresh), pacific)
      await fixture.answer(upsertProvider(fresh, { timeZoneWhenNew: 'Asia/Tokyo', priority: 3 }))
      assert.equal(await zoneOf(fresh), pacific)
      const said = await fixture.provider('b', { timeZone: 'UTC', timeZoneWhenNew: pacific })
      assert.equal(await zoneOf(said), 'UTC')
    },
  ),

  contractCase('of quotas that differ only in size the smallest is learned, and stays', async fixture => {
    const name = await fixture.provider('a', { limits: [] })
    const large = fixture.fact({ window: 'rolling-1h', max: 100, remaining: 5 })
    const small = fixture.fact({ window: 'rolling-1h', max: 10, remaining: 7 })
    await reported(fixture, name, { facts: [large, small] })
    assert.deepEqual(await sourcesOf(fixture, name), ['learned requests/rolling-1h 10'])
    assert.equal((await fixture.answer(observe(name, { facts: [small, large] }))).limitUpdate, null)
    assert.deepEqual(await sourcesOf(fixture, name), ['learned requests/rolling-1h 10'])
  }),

  contractCase(
    'a learned limit per day is removed once its vendor’s day begins at another time',
    async fixture => {
      const name = await fixture.provider('a', { timeZone: 'UTC', limits: [] })
      const day = (timeZone: string) => fixture.fact({ max: 10, remaining: 5, timeZone })
      await reported(fixture, name, { facts: [day('UTC')] })
      assert.deepEqual(await sourcesOf(fixture, name), ['learned requests/day 10'])
      await reported(fixture, name, { facts: [day('America/Los_Angeles')] })
      assert.deepEqual(await sourcesOf(fixture, name), [])
    },
  ),

  contractCase('usage reported for days that begin at another time is not counted in ours', async fixture => {
    const name = await fixture.provider('a', { timeZone: 'UTC', limits: [limit({ max: 10 })] })
    const day = fixture.fact({ max: 10, remaining: 0, timeZone: 'America/Los_Angeles' })
    assert.equal((await fixture.answer(observe(name, { facts: [day] }))).changed, false)
    await fixture.expectLimit(name, 'requests/day', { used: 0 })
  }),

  contractCase('a raised limit is learned from the next answer', async fixture => {
    const name = await fixture.provider('a', { limits: [] })
    await reported(fixture, name, { facts: [fixture.fact({ max: 10, remaining: 1 })] })
    await reported(fixture, name, { facts: [fixture.fact({ max: 100, remaining: 91 })] })
    const { limits } = await fixture.stats(name)
    assert.deepEqual(
      limits.map(({ max, observed, vendor }) => ({ max, observed, drift: vendor?.drift })),
      [{ max: 100, observed: 9, drift: 9 }],
    )
  }),

  contractCase('retry removes learned limits, so that the next answers are learned again', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ window: 'month', max: 50 })] })
    await reported(fixture, name, { facts: [fixture.fact({ max: 10, remaining: 0 })] })
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'denied')
    await fixture.answer({ type: 'retryProvider', name, actor: 'admin' })
    assert.deepEqual(await sourcesOf(fixture, name), ['configured requests/month 50'])
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
  }),

  contractCase('a pool learns limits from answers to its members', async fixture => {
    const pool = await fixture.pool('p', { limits: [] })
    const [first, second] = [
      await fixture.provider('a', { pool, limits: [] }),
      await fixture.provider('b', { pool, limits: [] }),
    ]
    await reported(fixture, first, { facts: [fixture.fact({ scope: 'pool', max: 10, remaining: 0 })] })
    assert.equal((await fixture.answer(reserve(fixture.id(), second))).decision, 'denied')
  }),

  contractCase('a reported max of 0 is a refusal, not a limit to learn', async fixture => {
    const name = await fixture.provider('a', { limits: [] })
    assert.equal(
      (await fixture.answer(observe(name, { facts: [fixture.fact({ max: 0, remaining: 0 })] }))).limitUpdate,
      null,
    )
  }),
]
