import assert from 'node:assert/strict'
import { noCounts } from '../domain/counts.js'
import { providerRef } from '../domain/subject.js'
import { commit, limit, observe, record, reserve, upsertProvider } from './asked.js'
import { clockCase, contractCase, type StoreContractCase } from './contract-case.js'
import type { Scene } from './scene.js'

const dayMs = 86_400_000
const characters = (count: number) => ({ counts: { characterCount: count } })

async function reset(scene: Scene, providerName: string, id: string = scene.id()) {
  const answer = await scene.answer({
    type: 'resetUsage',
    id,
    subject: providerRef(providerName),
    actor: 'admin',
  })
  assert.ok('stats' in answer)
  return answer
}

/** Taking today's usage back. */
export const resetCases: readonly StoreContractCase[] = [
  contractCase('a reset takes today back by signed rows, and leaves what is in flight', async scene => {
    const limits = [limit({ metric: 'characters', max: 100 }), limit({ window: 'rolling-1d', max: 10 })]
    const name = await scene.provider('a', { limits })
    const id = scene.id()
    await scene.answer(record(id, name, { ...characters(100), model: 'm', consumer: 'team' }))
    await scene.answer(record(scene.id(), name, characters(7)))
    await scene.answer(reserve(scene.id(), name, { counts: { characterCount: 0 } }))
    const flying = await scene.provider('b', { limits })
    await scene.answer(reserve(scene.id(), flying, characters(30)))
    await scene.answer(record(scene.id(), flying, characters(20)))
    await reset(scene, flying)
    await scene.expectLimit(flying, 'characters/day', { used: 0, held: 30 })
    const { stats } = await reset(scene, name)
    assert.deepEqual([stats.characterCount, stats.requestCount, stats.status], [0, 0, 'available'])
    await scene.expectLimit(name, 'characters/day', { used: 0 })
    await scene.expectLimit(name, 'requests/rolling-1d', { used: 0 })
    const rows = await scene.ledger(name)
    const taken = rows.filter(row => row.kind === 'adjustment')
    assert.deepEqual(
      new Set(taken.map(row => [row.model, row.consumer, row.charged.characterCount].join(' '))),
      new Set(['m team -100', '  -7']),
    )
    assert.equal((await scene.attempt(name, id)).charged.characterCount, 100, 'the rows stay as they were')
    const [day] = await scene.days(name)
    assert.deepEqual([day?.requestCount, day?.characterCount], [0, 0])
  }),

  contractCase('a reset leaves the days before today, and other providers, alone', async scene => {
    const limits = [limit({ max: 10 }), limit({ id: 'long', window: 'rolling-7d', max: 700 })]
    const name = await scene.provider('a', { limits })
    const other = await scene.provider('b', { limits })
    const occurredAtMs = (await scene.nowMs()) - dayMs
    await scene.answer(record(scene.id(), name, { occurredAtMs, counts: { requestCount: 5 } }))
    for (const providerName of [name, other]) await scene.answer(record(scene.id(), providerName))
    const before = await scene.picture([other])
    await reset(scene, name)
    assert.deepEqual(
      (await scene.days(name)).map(day => day.requestCount),
      [0, 5],
    )
    assert.deepEqual(await scene.picture([other]), before)
  }),

  contractCase('a repeated reset has happened once: what came after it stays', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
    await scene.answer(record(scene.id(), name, characters(90)))
    const id = scene.id()
    await reset(scene, name, id)
    await scene.answer(record(scene.id(), name, characters(40)))
    const before = await scene.picture([name])
    await reset(scene, name, id)
    assert.deepEqual(await scene.picture([name]), before)
    await scene.expectLimit(name, 'characters/day', { used: 40 })
  }),

  contractCase('a reset of nothing, repeated, has happened once, too', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
    const id = scene.id()
    await reset(scene, name, id)
    await scene.answer(record(scene.id(), name, characters(40)))
    await reset(scene, name, id)
    await scene.expectLimit(name, 'characters/day', { used: 40 })
    await reset(scene, name)
    await scene.expectLimit(name, 'characters/day', { used: 0 })
  }),

  contractCase('a call reserved before a reset and committed after it counts', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, characters(50)))
    await reset(scene, name)
    await scene.answer(commit(id, characters(30)))
    await scene.expectLimit(name, 'characters/day', { used: 30 })
  }),

  contractCase(
    'an expiry that a reset has taken back is not taken back again by a late commit',
    async scene => {
      const limits = [limit({ metric: 'characters', max: 100 }), limit({ window: 'month', max: 100 })]
      const name = await scene.provider('a', { limits })
      const id = scene.id()
      await scene.answer(reserve(id, name, { ...characters(50), ttlMs: 0 }))
      await scene.expire(name)
      await scene.answer(record(scene.id(), name, characters(20)))
      await reset(scene, name)
      await scene.expectLimit(name, 'characters/day', { used: 0 })
      await scene.answer(record(scene.id(), name, characters(5)))
      await scene.answer(commit(id, characters(30)))
      await scene.expectLimit(name, 'characters/day', { used: 35 })
      await scene.expectLimit(name, 'requests/month', { used: 2 })
      assert.deepEqual((await scene.attempt(name, id)).state, 'committed')
      await reset(scene, name)
      await scene.expectLimit(name, 'characters/day', { used: 0 })
      assert.equal((await scene.days(name))[0]?.characterCount, 0)
    },
  ),

  contractCase('an expiry that a reset has taken back, and a late release, leave nothing', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, { ...characters(50), ttlMs: 0 }))
    await scene.expire(name)
    await reset(scene, name)
    await scene.answer({ type: 'release', reservationId: id })
    await scene.expectLimit(name, 'characters/day', { used: 0 })
    assert.equal((await scene.days(name))[0]?.characterCount ?? 0, 0)
  }),

  contractCase(
    'what was only due when usage was reset is charged afterwards, and replaced once',
    async scene => {
      const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
      const id = scene.id()
      await scene.answer(reserve(id, name, { ...characters(50), ttlMs: 0 }))
      await reset(scene, name)
      await scene.expectLimit(name, 'characters/day', { used: 0, held: 50 })
      await scene.expire(name)
      await scene.expectLimit(name, 'characters/day', { used: 50 })
      await scene.answer(commit(id, characters(30)))
      await scene.expectLimit(name, 'characters/day', { used: 30 })
      assert.equal((await scene.ledger(name)).filter(row => row.kind === 'call').length, 1)
    },
  ),

  contractCase('a reset gives a pool back what the provider has put in today', async scene => {
    const pool = await scene.pool('p', { limits: [limit({ metric: 'characters', max: 100 })] })
    const first = await scene.provider('a', { pool })
    const second = await scene.provider('b', { pool })
    await scene.answer(record(scene.id(), first, characters(60)))
    await scene.answer(record(scene.id(), second, characters(30)))
    await reset(scene, first)
    await scene.expectLimit(second, 'characters/day', { used: 30 })
    assert.equal((await scene.stats(second)).characterCount, 30)
  }),

  contractCase('a pool that the provider has left keeps what was used through it', async scene => {
    const pool = await scene.pool('p', { limits: [limit({ metric: 'characters', max: 100 })] })
    const name = await scene.provider('a', { pool, limits: [limit({ max: 10 })] })
    const other = await scene.provider('b', { pool })
    await scene.answer(record(scene.id(), name, characters(60)))
    await scene.answer(upsertProvider(name, { pool: null }))
    await scene.answer(record(scene.id(), name, characters(1)))
    await reset(scene, name)
    await scene.expectLimit(name, 'requests/day', { used: 0 })
    await scene.expectLimit(other, 'characters/day', { used: 60 })
  }),

  contractCase('a reset forgets what the vendor said, and arms the alerts again', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const spent = scene.fact({ max: 10, remaining: 1 })
    await scene.answer(observe(name, { facts: [spent] }))
    await scene.expectLimit(name, 'requests/day', { used: 0, observed: 9 })
    await reset(scene, name)
    await scene.expectLimit(name, 'requests/day', { used: 0 })
    await scene.answer(record(scene.id(), name, { counts: { requestCount: 8 } }))
    const percents = (await scene.alerts({ kind: 'provider', name })).map(alert => alert.thresholdPercent)
    assert.deepEqual(percents, [80, 90, 80])
  }),

  contractCase('a reset after the day was moved leaves no day below zero', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
    await scene.answer(record(scene.id(), name, characters(60)))
    // From half past twelve of one day to some hour of the next: what was recorded stays dated as told then.
    await scene.answer(upsertProvider(name, { dayStartsAt: '13:30' }))
    await reset(scene, name)
    await scene.expectLimit(name, 'characters/day', { used: 0 })
    for (const { providerName: _, date, ...counts } of await scene.days(name)) {
      assert.deepEqual(counts, noCounts, `what is left of ${date}`)
    }
  }),

  // One reset was remembered, the last: what an earlier one had taken back was taken back twice.
  clockCase(
    'a call settled late counts in full, though a reset of its day was followed by others',
    async scene => {
      const name = await scene.provider('a', { limits: [limit({ window: 'month', max: 100 })] })
      const late = scene.id()
      await scene.answer(reserve(late, name, { counts: { requestCount: 3 } }))
      await scene.advance(601_000)
      const reset = () =>
        scene.answer({ type: 'resetUsage', id: scene.id(), subject: providerRef(name), actor: 'admin' })
      await reset()
      for (const days of [1, 2]) {
        await scene.advance(days * 86_400_000)
        await reset()
      }
      await scene.answer(commit(late, { counts: { requestCount: 5 } }))
      await scene.expectLimit(name, 'requests/month', { used: 5, held: 0 })
      await scene.expectSoundBooks()
    },
  ),
]
