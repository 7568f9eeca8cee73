import assert from 'node:assert/strict'
import { commit, limit, observe, record, reserve, upsertProvider } from './asked.js'
import { contractCase, type StoreContractCase } from './contract-case.js'
import type { Scene } from './scene.js'

/** Lets the vendor tell of limits until there is nothing more to learn. */
async function told(scene: Scene, name: string, seen: Parameters<typeof observe>[1]): Promise<void> {
  const { lesson } = await scene.answer(observe(name, seen))
  assert.ok(lesson !== null, 'there is something to learn')
  assert.deepEqual(await scene.answer(lesson), { changed: true })
  const again = await scene.answer(observe(name, seen))
  assert.equal(again.lesson, null, 'a lesson is learned once')
}

async function sourcesOf(scene: Scene, name: string): Promise<readonly string[]> {
  const { limits } = await scene.stats(name)
  return limits.map(({ id, source, max }) => `${source} ${id} ${max}`)
}

/** Limits that vendors tell of and nobody has configured. */
export const learnCases: readonly StoreContractCase[] = [
  contractCase(
    'a limit that a vendor tells of counts what has been, what flies, and what is to come',
    async scene => {
      const name = await scene.provider('a', { limits: [] })
      const flying = scene.id()
      await scene.answer(record(scene.id(), name, { counts: { requestCount: 3 } }))
      await scene.answer(reserve(flying, name, { counts: { requestCount: 2 } }))
      await told(scene, name, { facts: [scene.fact({ max: 10, remaining: 4 })] })
      await scene.expectLimit(name, 'requests/day', { used: 3, held: 2, observed: 1 })
      assert.deepEqual(await sourcesOf(scene, name), ['learned requests/day 10'])
      const denied = await scene.answer(reserve(scene.id(), name, { counts: { requestCount: 5 } }))
      assert.ok(denied.decision === 'denied')
      assert.equal(denied.reasons[0]?.limitId, 'requests/day')
      await scene.answer(commit(flying, { counts: { requestCount: 2 } }))
      await scene.expectLimit(name, 'requests/day', { used: 5, held: 0, observed: 1 })
    },
  ),

  contractCase('a rolling limit that a vendor tells of is as full as the vendor says', async scene => {
    const name = await scene.provider('a', { limits: [] })
    await told(scene, name, { facts: [scene.fact({ window: 'rolling-30d', max: 10, remaining: 3 })] })
    await scene.expectLimit(name, 'requests/rolling-30d', { used: 7 })
  }),

  contractCase('people’s own limits win over what a vendor tells, before and afterwards', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 5 })] })
    const facts = [
      scene.fact({ max: 10, remaining: 10 }),
      scene.fact({ window: 'month', max: 90, remaining: 90 }),
    ]
    await told(scene, name, { facts })
    assert.deepEqual(await sourcesOf(scene, name), ['configured requests/day 5', 'learned requests/month 90'])
    await scene.answer(upsertProvider(name, { limits: [limit({ window: 'month', max: 70 })] }))
    assert.deepEqual(await sourcesOf(scene, name), ['configured requests/month 70'])
    await scene.answer(upsertProvider(name, { limits: [] }))
    await told(scene, name, { facts })
    await scene.answer(upsertProvider(name, { priority: 3 }))
    assert.deepEqual(await sourcesOf(scene, name), ['learned requests/day 10', 'learned requests/month 90'])
  }),

  contractCase(
    'a limit of one model is learned for it alone, and calls without a model go on',
    async scene => {
      const name = await scene.provider('a', { limits: [] })
      const facts = [scene.fact({ max: 2, remaining: 0, perModel: true })]
      assert.equal((await scene.answer(observe(name, { facts }))).lesson, null, 'of no model')
      await told(scene, name, { model: 'x', facts })
      const decision = async (model: string): Promise<string> =>
        (await scene.answer(reserve(scene.id(), name, { model }))).decision
      assert.deepEqual([await decision('x'), await decision('y')], ['denied', 'granted'])
      assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'granted')
      assert.equal((await scene.stats(name)).status, 'available')
    },
  ),

  contractCase(
    'of days that begin elsewhere than the provider’s nothing is learned: they would hold a key back for hours',
    async scene => {
      const name = await scene.provider('a', { timeZone: 'UTC', limits: [] })
      const pacific = 'America/Los_Angeles'
      const day = scene.fact({ max: 10, remaining: 0, timeZone: pacific })
      const lesson = async (): Promise<unknown> =>
        (await scene.answer(observe(name, { facts: [day] }))).lesson
      assert.equal(await lesson(), null)
      await told(scene, name, {
        facts: [day, scene.fact({ window: 'minute', max: 5, remaining: 5, timeZone: pacific })],
      })
      assert.deepEqual(await sourcesOf(scene, name), ['learned requests/minute 5'])
      await scene.answer(upsertProvider(name, { timeZone: pacific }))
      assert.deepEqual(await sourcesOf(scene, name), [], 'what was learned goes with the days')
      await told(scene, name, { facts: [day] })
      assert.deepEqual(await sourcesOf(scene, name), ['learned requests/day 10'])
      await scene.answer(upsertProvider(name, { dayStartsAt: '06:00' }))
      assert.deepEqual(await sourcesOf(scene, name), [])
      assert.equal(await lesson(), null)
    },
  ),

  contractCase(
    'a new provider without a time zone takes that of its vendor, an old one keeps its own',
    async scene => {
      const pacific = 'America/Los_Angeles'
      const zoneOf = async (name: string): Promise<string | undefined> => {
        const { state } = await scene.store.read({ type: 'snapshot', providerNames: [name] })
        return state.subject({ kind: 'provider', name })?.timeZone
      }
      const limits = [limit({ max: 10 }), limit({ window: 'month', max: 90 })]
      const fresh = await scene.provider('a', { timeZone: undefined, timeZoneWhenNew: pacific, limits })
      assert.equal(await zoneOf(fresh), pacific)
      await scene.answer(upsertProvider(fresh, { timeZoneWhenNew: 'Asia/Tokyo', priority: 3 }))
      assert.equal(await zoneOf(fresh), pacific)
      const said = await scene.provider('b', { timeZone: 'UTC', timeZoneWhenNew: pacific })
      assert.equal(await zoneOf(said), 'UTC')
    },
  ),

  contractCase(
    'of quotas that differ in nothing but their size the smallest is learned, for good',
    async scene => {
      const name = await scene.provider('a', { limits: [] })
      const large = scene.fact({ window: 'rolling-1h', max: 100, remaining: 5 })
      const small = scene.fact({ window: 'rolling-1h', max: 10, remaining: 7 })
      await told(scene, name, { facts: [large, small] })
      assert.deepEqual(await sourcesOf(scene, name), ['learned requests/rolling-1h 10'])
      assert.equal((await scene.answer(observe(name, { facts: [small, large] }))).lesson, null)
      assert.deepEqual(await sourcesOf(scene, name), ['learned requests/rolling-1h 10'])
    },
  ),

  contractCase('a day that was learned is forgotten once its vendor’s begins elsewhere', async scene => {
    const name = await scene.provider('a', { timeZone: 'UTC', limits: [] })
    const day = (timeZone: string) => scene.fact({ max: 10, remaining: 5, timeZone })
    await told(scene, name, { facts: [day('UTC')] })
    assert.deepEqual(await sourcesOf(scene, name), ['learned requests/day 10'])
    await told(scene, name, { facts: [day('America/Los_Angeles')] })
    assert.deepEqual(await sourcesOf(scene, name), [])
  }),

  contractCase('what a vendor says of days that begin elsewhere fills no day of ours', async scene => {
    const name = await scene.provider('a', { timeZone: 'UTC', limits: [limit({ max: 10 })] })
    const day = scene.fact({ max: 10, remaining: 0, timeZone: 'America/Los_Angeles' })
    assert.equal((await scene.answer(observe(name, { facts: [day] }))).changed, false)
    await scene.expectLimit(name, 'requests/day', { used: 0 })
  }),

  contractCase('a plan that grew is learned from the next answer', async scene => {
    const name = await scene.provider('a', { limits: [] })
    await told(scene, name, { facts: [scene.fact({ max: 10, remaining: 1 })] })
    await told(scene, name, { facts: [scene.fact({ max: 100, remaining: 91 })] })
    const { limits } = await scene.stats(name)
    assert.deepEqual(
      limits.map(({ max, observed, vendor }) => ({ max, observed, drift: vendor?.drift })),
      [{ max: 100, observed: 9, drift: 9 }],
    )
  }),

  contractCase('retry forgets what was learned, so that the vendor is asked anew', async scene => {
    const name = await scene.provider('a', { limits: [limit({ window: 'month', max: 50 })] })
    await told(scene, name, { facts: [scene.fact({ max: 10, remaining: 0 })] })
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'denied')
    await scene.answer({ type: 'retryProvider', name, actor: 'admin' })
    assert.deepEqual(await sourcesOf(scene, name), ['configured requests/month 50'])
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'granted')
  }),

  contractCase('a pool learns what its members are told', async scene => {
    const pool = await scene.pool('p', { limits: [] })
    const [first, second] = [
      await scene.provider('a', { pool, limits: [] }),
      await scene.provider('b', { pool, limits: [] }),
    ]
    await told(scene, first, { facts: [scene.fact({ scope: 'pool', max: 10, remaining: 0 })] })
    assert.equal((await scene.answer(reserve(scene.id(), second))).decision, 'denied')
  }),

  contractCase('a quota of nothing is a refusal rather than a limit to learn', async scene => {
    const name = await scene.provider('a', { limits: [] })
    assert.equal(
      (await scene.answer(observe(name, { facts: [scene.fact({ max: 0, remaining: 0 })] }))).lesson,
      null,
    )
  }),
]
