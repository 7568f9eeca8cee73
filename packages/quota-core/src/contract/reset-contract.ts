import assert from 'node:assert/strict'
import { noCounts } from '../domain/counts.js'
import { providerRef } from '../domain/subject.js'
import { commit, limit, observe, record, reserve, upsertProvider } from './commands.js'
import { clockCase, contractCase, type StoreContractCase } from './contract-case.js'
import type { Fixture } from './fixture.js'

const dayMs = 86_400_000
const characters = (count: number) => ({ counts: { characterCount: count } })

async function reset(fixture: Fixture, providerName: string, id: string = fixture.id()) {
  const answer = await fixture.answer({
    type: 'resetUsage',
    id,
    subject: providerRef(providerName),
    actor: 'admin',
  })
  assert.ok('stats' in answer)
  return answer
}

/** Resets of today's usage. */
export const resetCases: readonly StoreContractCase[] = [
  contractCase(
    'a reset takes today’s usage back by signed rows, and keeps calls in flight',
    async fixture => {
      const limits = [limit({ metric: 'characters', max: 100 }), limit({ window: 'rolling-1d', max: 10 })]
      const name = await fixture.provider('a', { limits })
      const id = fixture.id()
      await fixture.answer(record(id, name, { ...characters(100), model: 'm', consumer: 'team' }))
      await fixture.answer(record(fixture.id(), name, characters(7)))
      await fixture.answer(reserve(fixture.id(), name, { counts: { characterCount: 0 } }))
      const flying = await fixture.provider('b', { limits })
      await fixture.answer(reserve(fixture.id(), flying, characters(30)))
      await fixture.answer(record(fixture.id(), flying, characters(20)))
      await reset(fixture, flying)
      await fixture.expectLimit(flying, 'characters/day', { used: 0, held: 30 })
      const { stats } = await reset(fixture, name)
      assert.deepEqual([stats.characterCount, stats.requestCount, stats.status], [0, 0, 'available'])
      await fixture.expectLimit(name, 'characters/day', { used: 0 })
      await fixture.expectLimit(name, 'requests/rolling-1d', { used: 0 })
      const rows = await fixture.ledger(name)
      const taken = rows.filter(row => row.kind === 'adjustment')
      assert.deepEqual(
        new Set(taken.map(row => [row.model, row.consumer, row.charged.characterCount].join(' '))),
        new Set(['m team -100', '  -7']),
      )
      assert.equal((await fixture.attempt(name, id)).charged.characterCount, 100, 'the rows stay unchanged')
      const [day] = await fixture.days(name)
      assert.deepEqual([day?.requestCount, day?.characterCount], [0, 0])
    },
  ),

  contractCase('a reset does not change earlier days or other providers', async fixture => {
    const limits = [limit({ max: 10 }), limit({ id: 'long', window: 'rolling-7d', max: 700 })]
    const name = await fixture.provider('a', { limits })
    const other = await fixture.provider('b', { limits })
    const occurredAtMs = (await fixture.nowMs()) - dayMs
    await fixture.answer(record(fixture.id(), name, { occurredAtMs, counts: { requestCount: 5 } }))
    for (const providerName of [name, other]) await fixture.answer(record(fixture.id(), providerName))
    const before = await fixture.picture([other])
    await reset(fixture, name)
    assert.deepEqual(
      (await fixture.days(name)).map(day => day.requestCount),
      [0, 5],
    )
    assert.deepEqual(await fixture.picture([other]), before)
  }),

  contractCase('a repeated reset keeps usage after the first one', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
    await fixture.answer(record(fixture.id(), name, characters(90)))
    const id = fixture.id()
    await reset(fixture, name, id)
    await fixture.answer(record(fixture.id(), name, characters(40)))
    const before = await fixture.picture([name])
    await reset(fixture, name, id)
    assert.deepEqual(await fixture.picture([name]), before)
    await fixture.expectLimit(name, 'characters/day', { used: 40 })
  }),

  contractCase('an empty reset is idempotent too', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
    const id = fixture.id()
    await reset(fixture, name, id)
    await fixture.answer(record(fixture.id(), name, characters(40)))
    await reset(fixture, name, id)
    await fixture.expectLimit(name, 'characters/day', { used: 40 })
    await reset(fixture, name)
    await fixture.expectLimit(name, 'characters/day', { used: 0 })
  }),

  contractCase('a call reserved before a reset and committed after it counts', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, characters(50)))
    await reset(fixture, name)
    await fixture.answer(commit(id, characters(30)))
    await fixture.expectLimit(name, 'characters/day', { used: 30 })
  }),

  contractCase('a late commit does not take back an expiry that a reset has taken back', async fixture => {
    const limits = [limit({ metric: 'characters', max: 100 }), limit({ window: 'month', max: 100 })]
    const name = await fixture.provider('a', { limits })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { ...characters(50), ttlMs: 0 }))
    await fixture.expire(name)
    await fixture.answer(record(fixture.id(), name, characters(20)))
    await reset(fixture, name)
    await fixture.expectLimit(name, 'characters/day', { used: 0 })
    await fixture.answer(record(fixture.id(), name, characters(5)))
    await fixture.answer(commit(id, characters(30)))
    await fixture.expectLimit(name, 'characters/day', { used: 35 })
    await fixture.expectLimit(name, 'requests/month', { used: 2 })
    assert.deepEqual((await fixture.attempt(name, id)).state, 'committed')
    await reset(fixture, name)
    await fixture.expectLimit(name, 'characters/day', { used: 0 })
    assert.equal((await fixture.days(name))[0]?.characterCount, 0)
  }),

  contractCase('a late release after a reset of an expiry leaves 0', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { ...characters(50), ttlMs: 0 }))
    await fixture.expire(name)
    await reset(fixture, name)
    await fixture.answer({ type: 'release', reservationId: id })
    await fixture.expectLimit(name, 'characters/day', { used: 0 })
    assert.equal((await fixture.days(name))[0]?.characterCount ?? 0, 0)
  }),

  contractCase(
    'an attempt that was due at a reset is charged afterwards, and replaced once',
    async fixture => {
      const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
      const id = fixture.id()
      await fixture.answer(reserve(id, name, { ...characters(50), ttlMs: 0 }))
      await reset(fixture, name)
      await fixture.expectLimit(name, 'characters/day', { used: 0, held: 50 })
      await fixture.expire(name)
      await fixture.expectLimit(name, 'characters/day', { used: 50 })
      await fixture.answer(commit(id, characters(30)))
      await fixture.expectLimit(name, 'characters/day', { used: 30 })
      assert.equal((await fixture.ledger(name)).filter(row => row.kind === 'call').length, 1)
    },
  ),

  contractCase('a reset takes the provider’s usage of today back from its pool', async fixture => {
    const pool = await fixture.pool('p', { limits: [limit({ metric: 'characters', max: 100 })] })
    const first = await fixture.provider('a', { pool })
    const second = await fixture.provider('b', { pool })
    await fixture.answer(record(fixture.id(), first, characters(60)))
    await fixture.answer(record(fixture.id(), second, characters(30)))
    await reset(fixture, first)
    await fixture.expectLimit(second, 'characters/day', { used: 30 })
    assert.equal((await fixture.stats(second)).characterCount, 30)
  }),

  contractCase('a pool that the provider has left keeps the usage through it', async fixture => {
    const pool = await fixture.pool('p', { limits: [limit({ metric: 'characters', max: 100 })] })
    const name = await fixture.provider('a', { pool, limits: [limit({ max: 10 })] })
    const other = await fixture.provider('b', { pool })
    await fixture.answer(record(fixture.id(), name, characters(60)))
    await fixture.answer(upsertProvider(name, { pool: null }))
    await fixture.answer(record(fixture.id(), name, characters(1)))
    await reset(fixture, name)
    await fixture.expectLimit(name, 'requests/day', { used: 0 })
    await fixture.expectLimit(other, 'characters/day', { used: 60 })
  }),

  contractCase('a reset clears vendor reports and restarts alerts', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const spent = fixture.fact({ max: 10, remaining: 1 })
    await fixture.answer(observe(name, { facts: [spent] }))
    await fixture.expectLimit(name, 'requests/day', { used: 0, observed: 9 })
    await reset(fixture, name)
    await fixture.expectLimit(name, 'requests/day', { used: 0 })
    await fixture.answer(record(fixture.id(), name, { counts: { requestCount: 8 } }))
    const percents = (await fixture.alerts({ kind: 'provider', name })).map(alert => alert.thresholdPercent)
    assert.deepEqual(percents, [80, 90, 80])
  }),

  contractCase('a reset after a change of days leaves no day below 0', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
    await fixture.answer(record(fixture.id(), name, characters(60)))
    // From 12:30 of one day to some hour of the next; records keep the day computed then.
    await fixture.answer(upsertProvider(name, { dayStartsAt: '13:30' }))
    await reset(fixture, name)
    await fixture.expectLimit(name, 'characters/day', { used: 0 })
    for (const { providerName: _, date, ...counts } of await fixture.days(name)) {
      assert.deepEqual(counts, noCounts, `sum of ${date}`)
    }
  }),

  // Regression: only the last reset was stored, and usage reset by an earlier one was taken back twice.
  clockCase(
    'a late settlement counts in full even if a reset of its day was followed by others',
    async fixture => {
      const name = await fixture.provider('a', { limits: [limit({ window: 'month', max: 100 })] })
      const late = fixture.id()
      await fixture.answer(reserve(late, name, { counts: { requestCount: 3 } }))
      await fixture.advance(601_000)
      const reset = () =>
        fixture.answer({ type: 'resetUsage', id: fixture.id(), subject: providerRef(name), actor: 'admin' })
      await reset()
      for (const days of [1, 2]) {
        await fixture.advance(days * 86_400_000)
        await reset()
      }
      await fixture.answer(commit(late, { counts: { requestCount: 5 } }))
      await fixture.expectLimit(name, 'requests/month', { used: 5, held: 0 })
      await fixture.expectSoundBooks()
    },
  ),
]
