import assert from 'node:assert/strict'
import type { Candidate, CandidateCost } from '../domain/command.js'
import { acquire, countsOf, limit, record, reserve } from './commands.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

const money = limit({ metric: 'cost', max: 1_000 })

/** A candidate with a cost of its own. */
function at(providerName: string, cost: Partial<CandidateCost>): Candidate {
  return { providerName, model: '', cost: { costMicroUsd: 0, atLeastMicroUsd: 0, basis: 'stated', ...cost } }
}

/** Limits on cost, and calls whose cost is known, unstated or unknown. */
export const costCases: readonly StoreContractCase[] = [
  contractCase('a spent limit on cost grants a free call, and no other', async fixture => {
    const name = await fixture.provider('a', { limits: [money] })
    await fixture.answer(record(fixture.id(), name, { counts: { costMicroUsd: 1_200 } }))
    const atLeast = countsOf()
    for (const asked of [{}, { counts: { costMicroUsd: 0 } }, { atLeast }]) {
      const free = await fixture.answer(reserve(fixture.id(), name, asked))
      assert.ok(free.decision === 'granted')
      assert.equal(free.counts.costMicroUsd, 0)
    }
    const paid = await fixture.answer(reserve(fixture.id(), name, { counts: { costMicroUsd: 1 } }))
    assert.ok(paid.decision === 'denied')
    assert.deepEqual(
      paid.reasons.map(({ limitId, code }) => [limitId, code]),
      [['cost/day', 'exhausted']],
    )
    const least = { counts: { costMicroUsd: 5 }, atLeast }
    assert.equal(
      (await fixture.answer(reserve(fixture.id(), name, least))).decision,
      'denied',
      'it may cost 5',
    )
    await fixture.expectLimit(name, 'cost/day', { used: 1_200 })
  }),

  contractCase('a limit of no money grants free calls alone', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'cost', max: 0 })] })
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
    const paid = await fixture.answer(reserve(fixture.id(), name, { counts: { costMicroUsd: 1 } }))
    assert.equal(paid.decision, 'denied')
  }),

  contractCase('a call of unstated cost is denied by a spent limit on cost', async fixture => {
    const name = await fixture.provider('a', { limits: [money] })
    const unstated = { costBasis: 'unstated' } as const
    assert.equal((await fixture.answer(reserve(fixture.id(), name, unstated))).decision, 'granted')
    await fixture.answer(record(fixture.id(), name, { counts: { costMicroUsd: 1_000 } }))
    assert.equal((await fixture.answer(reserve(fixture.id(), name, unstated))).decision, 'denied')
  }),

  contractCase('a spent limit of another metric denies a free call, until it returns', async fixture => {
    const limits = [{ ...money, window: 'month' as const }, limit({ max: 1 })]
    const name = await fixture.provider('a', { limits })
    await fixture.answer(record(fixture.id(), name, { counts: { costMicroUsd: 1_000 } }))
    const answer = await fixture.answer(reserve(fixture.id(), name, { counts: { requestCount: 0 } }))
    assert.ok(answer.decision === 'denied')
    assert.deepEqual(
      answer.reasons.map(({ limitId }) => limitId),
      ['requests/day'],
    )
    assert.equal(answer.retryAt, (await fixture.limit(name, 'requests/day')).resetsAt)
  }),

  contractCase(
    'an unknown price is denied by every enforced limit on cost, and holds nothing',
    async fixture => {
      const pool = await fixture.pool('p', { limits: [{ ...money, id: 'team' }] })
      const shadow = limit({ id: 'shadow', metric: 'cost', max: 10, mode: 'shadow' })
      const counting = limit({ id: 'counting', metric: 'cost', max: null })
      const name = await fixture.provider('a', { pool, limits: [money, shadow, counting] })
      const before = await fixture.picture([name])
      const answer = await fixture.answer(reserve(fixture.id(), name, { costBasis: 'unknown' }))
      assert.ok(answer.decision === 'denied')
      const reason = { code: 'price_unknown', retryAt: null } as const
      assert.deepEqual(answer.reasons, [
        { subject: { kind: 'pool', name: pool }, limitId: 'team', ...reason },
        { subject: { kind: 'provider', name }, limitId: 'cost/day', ...reason },
      ])
      assert.equal(answer.retryAt, null)
      assert.deepEqual(await fixture.picture([name]), before)
    },
  ),

  contractCase('an unknown price is no obstacle without an enforced limit on cost', async fixture => {
    const limits = [
      limit({ id: 'shadow', metric: 'cost', max: 10, mode: 'shadow' }),
      limit({ id: 'counting', metric: 'cost', max: null }),
      limit({ id: 'other', metric: 'cost', max: 10, model: 'other-*' }),
      limit({ max: 5 }),
    ]
    const name = await fixture.provider('a', { limits })
    const asked = { model: 'm', costBasis: 'unknown' } as const
    const answer = await fixture.answer(reserve(fixture.id(), name, asked))
    assert.ok(answer.decision === 'granted')
    const wouldDeny = answer.limits.filter(state => state.wouldDeny).map(({ id }) => id)
    assert.deepEqual(wouldDeny, ['shadow'], 'the shadow limit reports what it would refuse')
  }),

  contractCase(
    'each candidate is admitted by its own cost, the free one when the money is spent',
    async fixture => {
      const pool = await fixture.pool('p', { limits: [money] })
      const paid = await fixture.provider('paid', { pool, priority: 1 })
      const free = await fixture.provider('free', { pool, priority: 2 })
      const candidates = [at(paid, { costMicroUsd: 600, atLeastMicroUsd: 600 }), at(free, {})]
      const ids = [fixture.id(), fixture.id()]
      const chosen: string[] = []
      for (const id of ids) {
        const asked = { counts: { costMicroUsd: 999 } }
        const answer = await fixture.answer(acquire(id, candidates, asked))
        assert.ok(answer.decision === 'granted')
        chosen.push(answer.providerName)
      }
      assert.deepEqual(chosen, [paid, free])
      assert.equal((await fixture.attempt(paid, ids[0] ?? '')).reserved.costMicroUsd, 600)
      assert.equal((await fixture.attempt(free, ids[1] ?? '')).reserved.costMicroUsd, 0)
      await fixture.expectLimit(paid, 'cost/day', { used: 0, held: 600 })
    },
  ),

  contractCase('a candidate of unknown price is skipped for one whose price is known', async fixture => {
    const limits = [money]
    const unpriced = await fixture.provider('unpriced', { limits, priority: 1 })
    const priced = await fixture.provider('priced', { limits, priority: 2 })
    const candidates = [at(unpriced, { basis: 'unknown' }), at(priced, { costMicroUsd: 5 })]
    const answer = await fixture.answer(acquire(fixture.id(), candidates))
    assert.ok(answer.decision === 'granted')
    assert.equal(answer.providerName, priced)
    assert.deepEqual(
      answer.skipped.map(({ providerName, reasons }) => [providerName, reasons.map(({ code }) => code)]),
      [[unpriced, ['price_unknown']]],
    )
  }),

  contractCase(
    'a candidate is granted as much of its own cost as fits, and no less than its least',
    async fixture => {
      const name = await fixture.provider('a', { limits: [money] })
      const candidates = [at(name, { costMicroUsd: 800, atLeastMicroUsd: 300 })]
      const held: number[] = []
      for (const id of [fixture.id(), fixture.id()]) {
        const answer = await fixture.answer(acquire(id, candidates, { atLeast: countsOf() }))
        held.push(answer.decision === 'granted' ? answer.counts.costMicroUsd : -1)
      }
      assert.deepEqual(held, [800, -1], '200 are left, and 300 are the least')
      const cheaper = [at(name, { costMicroUsd: 800, atLeastMicroUsd: 150 })]
      const last = await fixture.answer(acquire(fixture.id(), cheaper, { atLeast: countsOf() }))
      assert.ok(last.decision === 'granted')
      assert.equal(last.counts.costMicroUsd, 200)
    },
  ),

  contractCase(
    'of parallel calls exactly as many are paid as there is money for, the others are free',
    async fixture => {
      const pool = await fixture.pool('p', { limits: [money] })
      const paid = await fixture.provider('paid', { pool, priority: 1 })
      const free = await fixture.provider('free', { pool, priority: 2 })
      const candidates = [at(paid, { costMicroUsd: 30, atLeastMicroUsd: 30 }), at(free, {})]
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => fixture.answer(acquire(fixture.id(), candidates))),
      )
      const names = answers.map(answer => (answer.decision === 'granted' ? answer.providerName : 'denied'))
      const count = (wanted: string): number => names.filter(name => name === wanted).length
      assert.deepEqual([count(paid), count(free)], [33, 67])
      await fixture.expectLimit(paid, 'cost/day', { used: 0, held: 990 })
    },
  ),
]
