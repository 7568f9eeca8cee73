import assert from 'node:assert/strict'
import { limit, record, reserve } from './commands.js'
import { Consumers, reasonsOf } from './consumer-fixture.js'
import {
  besideCase,
  contractCase,
  roughClockCase,
  type StoreContractCase,
  withManyRows,
} from './contract-case.js'

const dayMs = 86_400_000

/** Limits of consumers that count each end user apart. */
export const userLimitCases: readonly StoreContractCase[] = [
  contractCase('a limit per user counts each end user of a consumer apart', async fixture => {
    const consumers = new Consumers(fixture)
    const key = await fixture.provider('key')
    const perUser = limit({ id: 'user', max: 2, per: 'user', model: '*' })
    const acme = await consumers.set('acme', { limits: [limit({ max: 5 }), perUser] })
    const call = (endUser: string) => ({ consumer: acme, model: 'm', endUser })
    for (const user of ['ann', 'ann', 'bob']) assert.ok(await consumers.spend(key, call(user)))
    assert.deepEqual(reasonsOf(await consumers.reserve(key, call('ann'))), [
      ['consumer', acme, 'user', 'exhausted'],
    ])
    // Calls without a user share one counter, which no user of that name has.
    assert.ok(await consumers.spend(key, call('')))
    assert.deepEqual(await consumers.figures(acme), {
      'requests/day': [4, 0],
      'user ann': [2, 0],
      'user bob': [1, 0],
      'user ': [1, 0],
    })
    // A limit that is added again starts from what each user has spent.
    await consumers.set('acme', { limits: [limit({ max: 5 })] })
    await consumers.set('acme', { limits: [limit({ max: 5 }), perUser] })
    assert.equal((await consumers.reserve(key, call('ann'))).decision, 'denied')
    const held = await consumers.reserve(key, call('bob'))
    assert.ok(held.decision === 'granted')
    assert.equal(held.limits.find(({ id }) => id === 'user')?.user, 'bob')
    assert.deepEqual((await consumers.figures(acme))['user bob'], [1, 1])
    await fixture.answer({ type: 'release', reservationId: held.reservationId })
    assert.equal((await fixture.attempt(key, held.reservationId)).endUser, 'bob')
  }),

  contractCase('a limit per user keeps how many users it counts, whatever becomes of it', async fixture => {
    const consumers = new Consumers(fixture)
    const key = await fixture.provider('key')
    const perUser = limit({ id: 'user', max: 9, per: 'user' })
    const acme = await consumers.set('acme', { limits: [perUser] })
    const ref = { kind: 'consumer', name: acme } as const
    const users = async () => {
      const { state } = await fixture.store.read({ type: 'subjects', subjects: [ref] })
      return [state.counter(ref, 'user', '')?.held ?? 0, state.countersOfLimit(ref, 'user').count]
    }
    const call = (endUser: string) => ({ consumer: acme, model: 'm', endUser })
    for (const endUser of ['ann', 'bob', 'ann', '']) assert.ok(await consumers.spend(key, call(endUser)))
    const held = await consumers.reserve(key, call('cy'))
    assert.ok(held.decision === 'granted')
    assert.deepEqual(await users(), [4, 4])
    await fixture.answer({ type: 'release', reservationId: held.reservationId })
    assert.deepEqual(await users(), [3, 3])
    await consumers.set('acme', { limits: [] })
    await consumers.set('acme', { limits: [perUser] })
    assert.deepEqual(await users(), [3, 3])
    await consumers.set('acme', { limits: [{ ...perUser, max: 8 }] })
    await consumers.service.reset(acme, { id: fixture.id(), actor: 'admin' })
    assert.deepEqual(await users(), [3, 3])
    await consumers.set('acme', { limits: [{ ...perUser, window: 'month' }] })
    await fixture.execute(['bob', 'dan', 'eve', 'dan'].map(name => record(fixture.id(), key, call(name))))
    const [count, stored] = await users()
    assert.equal(count, stored)
    await consumers.set('acme', { limits: [{ ...perUser, per: null }] })
    assert.equal((await consumers.figures(acme))['user']?.[1], 0)
  }),

  roughClockCase(
    'limits that are added while the ledger is ahead of the clock count its latest day alone',
    async fixture => {
      const consumers = new Consumers(fixture)
      const key = await fixture.provider('key')
      const acme = await consumers.set('acme')
      const spend = (requestCount: number) =>
        fixture.answer(
          record(fixture.id(), key, { consumer: acme, endUser: 'ann', counts: { requestCount } }),
        )
      await spend(5)
      await fixture.advance(dayMs)
      await spend(1)
      await fixture.advance(-dayMs)
      await consumers.set('acme', { limits: [limit({ max: 9 }), limit({ id: 'user', max: 9, per: 'user' })] })
      assert.deepEqual(await consumers.figures(acme), { 'requests/day': [1, 0], 'user ann': [1, 0] })
    },
  ),
]

/** Cases with many rows: last, since lists of a store that is shared may be refused after them. */
export const manyUsersCases: readonly StoreContractCase[] = [
  withManyRows(
    besideCase(
      'a limit per user counts at most 10,000 users, and denies calls of new ones',
      async (fixture, beside) => {
        const consumers = new Consumers(fixture)
        const key = await fixture.provider('key')
        const perUser = limit({ id: 'user', max: 2, per: 'user', model: '*' })
        const acme = await consumers.set('acme', { limits: [perUser] })
        const call = (endUser: string) => ({ consumer: acme, model: 'm', endUser })
        const recorded = (from: number, to: number) =>
          fixture.execute(
            Array.from({ length: to - from }, (_, at) =>
              record(fixture.id(), key, call(`user ${from + at}`)),
            ),
          )
        for (let from = 0; from < 9_000; from += 1_000) await recorded(from, from + 1_000)
        await recorded(9_000, 9_998)
        // Two stores meet the bound together; a released call leaves no user behind.
        const [one, two] = await Promise.all([
          consumers.reserve(key, call('ann')),
          beside.execute([reserve(fixture.id(), key, call('bob'))]),
        ])
        assert.ok(one.decision === 'granted' && two[0]?.ok && 'decision' in two[0].answer)
        assert.equal(two[0].answer.decision, 'granted')
        const tooMany = [['consumer', acme, 'user', 'too_many_users']]
        assert.deepEqual(reasonsOf(await consumers.reserve(key, call('cy'))), tooMany)
        const [denied] = await beside.execute([reserve(fixture.id(), key, call(''))])
        assert.ok(denied?.ok)
        assert.deepEqual(reasonsOf(denied.answer), tooMany)
        assert.ok(await consumers.spend(key, call('user 7')))
        assert.deepEqual(reasonsOf(await consumers.reserve(key, call('user 7'))), [
          ['consumer', acme, 'user', 'exhausted'],
        ])
        await fixture.answer({ type: 'release', reservationId: one.reservationId })
        const [taken] = await beside.execute([reserve(fixture.id(), key, call('cy'))])
        assert.ok(taken?.ok && 'decision' in taken.answer && taken.answer.decision === 'granted')
        assert.deepEqual(reasonsOf(await consumers.reserve(key, call('ann'))), tooMany)
        // In shadow mode, it refuses nobody.
        await consumers.set('acme', { limits: [{ ...perUser, mode: 'shadow' }] })
        const shadowed = await consumers.reserve(key, call('ann'))
        assert.ok(shadowed.decision === 'granted')
        assert.equal(shadowed.limits.find(({ id }) => id === 'user')?.wouldDeny, true)
      },
    ),
  ),
]
