import assert from 'node:assert/strict'
import { maxCostOfCall, maxUnitsOfCall } from '../domain/count-cap.js'
import { commit, limit, record, reserve, upsertPool, upsertProvider } from './asked.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

const most = Number.MAX_SAFE_INTEGER

/** Commands that travel together, and numbers that are large. */
export const batchCases: readonly StoreContractCase[] = [
  contractCase('a command that fails changes nothing and hinders no neighbour', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const [reserved, reused] = [scene.id(), scene.id()]
    await scene.answer(record(reused, name))
    const outcomes = await scene.execute([
      reserve(reserved, name),
      reserve(scene.id(), scene.name('missing')),
      record(reused, name, { counts: { requestCount: 7 } }),
      commit(scene.id()),
      commit(reserved, { counts: { requestCount: 2 } }),
      record(scene.id(), name, { occurredAtMs: 1 }),
      upsertProvider(scene.name('b'), { vendor: 'vendor', pool: scene.name('missing') }),
      record(scene.id(), name),
    ])
    const codes = outcomes.map(outcome => (outcome.ok ? 'ok' : outcome.error.code))
    assert.deepEqual(codes, [
      'ok',
      'UNKNOWN_PROVIDER',
      'ID_REUSED',
      'UNKNOWN_RESERVATION',
      'ok',
      'INVALID_INPUT',
      'UNKNOWN_POOL',
      'ok',
    ])
    await scene.expectLimit(name, 'requests/day', { used: 4 })
    assert.equal((await scene.ledger(name)).length, 3)
  }),

  contractCase('the commands of a batch see each other in order', async scene => {
    const [pool, name, { timeZone }] = [scene.name('p'), scene.name('a'), scene]
    const id = scene.id()
    const outcomes = await scene.execute([
      upsertPool(pool, { timeZone, limits: [limit({ max: 1 })] }),
      upsertProvider(name, { vendor: 'vendor', pool, timeZone, limits: [limit({ max: 5 })] }),
      reserve(id, name),
      reserve(scene.id(), name),
      commit(id, { counts: { requestCount: 0 } }),
      reserve(scene.id(), name),
    ])
    await scene.provider('a', {})
    const decisions = outcomes.map(outcome =>
      outcome.ok ? ('decision' in outcome.answer ? outcome.answer.decision : 'ok') : outcome.error.code,
    )
    assert.deepEqual(decisions, ['ok', 'ok', 'granted', 'denied', 'ok', 'granted'])
  }),

  contractCase('a batch of nothing answers nothing', async scene => {
    assert.deepEqual(await scene.execute([]), [])
  }),

  contractCase('parallel settings of one new provider make one', async scene => {
    const name = scene.name('a')
    const settings = { vendor: 'vendor', limits: [limit({ max: 10 })], timeZone: scene.timeZone }
    await Promise.all(Array.from({ length: 10 }, () => scene.answer(upsertProvider(name, settings))))
    await scene.provider('a', settings)
    const { state } = await scene.store.read({ type: 'snapshot', providerNames: [name] })
    assert.equal(state.subject({ kind: 'provider', name })?.version, 1)
  }),

  contractCase('calls that lock two pools crosswise all succeed', async scene => {
    const pools = [
      await scene.pool('p', { limits: [limit({ max: 1_000 })] }),
      await scene.pool('q', { limits: [limit({ max: 1_000 })] }),
    ]
    const names: string[] = []
    for (const [index, label] of ['a', 'b', 'c', 'd'].entries()) {
      names.push(await scene.provider(label, { pool: pools[index % 2] }))
    }
    await Promise.all(
      Array.from({ length: 40 }, (_, round) =>
        scene.execute((round % 2 === 0 ? names : [...names].reverse()).map(name => record(scene.id(), name))),
      ),
    )
    for (const name of names) await scene.expectLimit(name, 'requests/day', { used: 80 })
  }),

  contractCase('sums pass 2^31 as numbers', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: null })] })
    for (const characterCount of [2_147_483_647, 1, 1_000]) {
      await scene.answer(record(scene.id(), name, { counts: { characterCount } }))
    }
    await scene.expectLimit(name, 'characters/day', { used: 2_147_484_648 })
    assert.equal((await scene.stats(name)).characterCount, 2_147_484_648)
    assert.equal((await scene.days(name))[0]?.characterCount, 2_147_484_648)
  }),

  contractCase('a count that no call can have used is capped, kept beside, and alerts', async scene => {
    const limits = [limit({ metric: 'characters', max: most }), limit({ metric: 'cost', max: most })]
    const name = await scene.provider('a', { limits })
    const [recorded, committed] = [scene.id(), scene.id()]
    await scene.answer(record(recorded, name, { counts: { characterCount: most, costMicroUsd: 7 } }))
    await scene.answer(reserve(committed, name))
    const counts = { characterCount: maxUnitsOfCall + 1, costMicroUsd: most, inputTokenCount: most }
    await scene.answer(commit(committed, { counts }))
    const rows = [await scene.attempt(name, recorded), await scene.attempt(name, committed)]
    assert.deepEqual(
      rows.map(({ charged }) => [charged.characterCount, charged.costMicroUsd, charged.inputTokenCount]),
      [
        [maxUnitsOfCall, 7, 0],
        [maxUnitsOfCall, maxCostOfCall, maxUnitsOfCall],
      ],
    )
    assert.deepEqual(
      rows.map(({ estimated, metadata }) => [estimated, metadata['reportedCounts']]),
      [
        [true, { characterCount: most }],
        [true, counts],
      ],
    )
    await scene.expectLimit(name, 'characters/day', { used: 2 * maxUnitsOfCall })
    const alerts = await scene.alerts({ kind: 'provider', name })
    const [alert] = alerts.filter(({ kind }) => kind === 'implausible_count')
    assert.deepEqual([alert?.severity, alert?.used, alert?.max], ['error', most, maxUnitsOfCall])
    // Said again, it is what was said before.
    await scene.answer(commit(committed, { counts }))
    await scene.answer(record(recorded, name, { counts: { characterCount: most, costMicroUsd: 7 } }))
    await scene.expectLimit(name, 'characters/day', { used: 2 * maxUnitsOfCall })
  }),

  contractCase('the largest count that a call can have used is no guess', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: most })] })
    const id = scene.id()
    await scene.answer(record(id, name, { counts: { characterCount: maxUnitsOfCall } }))
    const row = await scene.attempt(name, id)
    assert.deepEqual([row.estimated, row.metadata], [false, {}])
    await scene.expectLimit(name, 'characters/day', { used: maxUnitsOfCall })
    assert.equal((await scene.alerts({ kind: 'provider', name })).length, 0)
  }),

  contractCase(
    'sums beyond 2^53 − 1 stay exact, answers say the largest, and nothing is blocked',
    async scene => {
      const limits = [
        limit({ metric: 'cost', max: most }),
        limit({ metric: 'cost', window: 'month', max: null }),
        limit({ metric: 'cost', window: 'rolling-31d', max: most }),
      ]
      const pool = await scene.pool('p', { limits })
      const name = await scene.provider('a', { pool, limits })
      const counts = { costMicroUsd: maxCostOfCall }
      const expired = scene.id()
      await scene.answer(reserve(expired, name, { counts: { costMicroUsd: maxCostOfCall + 5 }, ttlMs: 0 }))
      await scene.expire(name)
      // Ten of them, and the one that has expired: 11 · 10^15.
      await scene.execute(Array.from({ length: 10 }, () => record(scene.id(), name, { counts })))
      await scene.expectLimit(name, 'cost/day', { used: most })
      assert.equal((await scene.stats(name)).costMicroUsd, most)
      assert.equal((await scene.days(name))[0]?.costMicroUsd, most)
      const any = {
        providerName: name,
        from: '0001-01-01',
        to: '9999-12-31',
        cursor: null,
        pageSize: 10,
      } as const
      const { rows } = await scene.store.read({ type: 'summary', ...any, groupBy: ['provider'] })
      assert.deepEqual([rows[0]?.costMicroUsd, rows[0]?.requestCount], [most, 11])
      assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'denied')
      // What takes away from them takes exactly that: nine calls less are left.
      await scene.answer(commit(expired, { counts: { costMicroUsd: 3 } }))
      await scene.answer(record(scene.id(), name, { counts: { costMicroUsd: 4 } }))
      await scene.answer(
        upsertProvider(name, { limits: [...limits, limit({ id: 'new', metric: 'cost', max: most })] }),
      )
      await scene.expectLimit(name, 'new', { used: most })
      for (let times = 0; times < 2; times++) {
        const reset = {
          type: 'resetUsage',
          id: scene.id(),
          subject: { kind: 'provider', name },
          actor: 'admin',
        } as const
        await scene.answer(reset)
        await scene.answer(reset)
        for (const id of ['cost/day', 'cost/month', 'new']) await scene.expectLimit(name, id, { used: 0 })
      }
      assert.equal((await scene.stats(name)).costMicroUsd, 0)
      assert.equal((await scene.days(name))[0]?.costMicroUsd, 0)
      await scene.answer(record(scene.id(), name, { counts: { costMicroUsd: 6 } }))
      await scene.expectLimit(name, 'cost/day', { used: 6 })
      assert.equal((await scene.days(name))[0]?.costMicroUsd, 6)
    },
  ),

  contractCase('what is held beyond 2^53 − 1 is given back to the unit', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: null })] })
    const ids = [scene.id(), scene.id(), scene.id()]
    for (const id of ids) await scene.answer(reserve(id, name, { counts: { characterCount: most } }))
    await scene.answer(reserve(scene.id(), name, { counts: { characterCount: 5 } }))
    await scene.expectLimit(name, 'characters/day', { used: 0, held: most })
    for (const reservationId of ids) await scene.answer({ type: 'release', reservationId })
    await scene.expectLimit(name, 'characters/day', { used: 0, held: 5 })
  }),

  contractCase('a rolling limit that is overspent for ages can still be told', async scene => {
    const name = await scene.provider('a', { limits: [limit({ window: 'rolling-31d', max: 1 })] })
    for (let times = 0; times < 3; times++)
      await scene.answer(record(scene.id(), name, { counts: { requestCount: maxUnitsOfCall } }))
    const denied = await scene.answer(reserve(scene.id(), name))
    assert.ok(denied.decision === 'denied')
    assert.match(denied.retryAt ?? '', /^9999-/)
    await scene.expectLimit(name, 'requests/rolling-31d', { used: 3 * maxUnitsOfCall })
  }),

  contractCase('the largest sums of used, held and observed stop nobody', async scene => {
    const daily = limit({ metric: 'characters', max: 100 })
    const name = await scene.provider('a', { limits: [daily] })
    const id = scene.id()
    await scene.answer(reserve(id, name, { counts: { characterCount: 50 } }))
    await scene.answer({
      type: 'observe',
      providerName: name,
      model: '',
      reservationId: null,
      facts: [scene.fact({ metric: 'characters', max: most, remaining: 0 })],
      refusal: null,
      succeeded: false,
    })
    await scene.answer(record(scene.id(), name, { counts: { characterCount: most } }))
    assert.deepEqual((await scene.stats(name)).limits[0]?.remaining, 0)
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'denied')
    await scene.answer({ type: 'release', reservationId: id })
    await scene.expectLimit(name, daily.id, { used: maxUnitsOfCall, observed: most - 50 })
  }),
]
