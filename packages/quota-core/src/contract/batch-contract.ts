import assert from 'node:assert/strict'
import { maxCostOfCall, maxUnitsOfCall } from '../domain/count-cap.js'
import { commit, limit, record, reserve, upsertPool, upsertProvider } from './commands.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

const most = Number.MAX_SAFE_INTEGER

/** Batches of commands, and large numbers. */
export const batchCases: readonly StoreContractCase[] = [
  contractCase('a failed command changes nothing and does not affect others in its batch', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const [reserved, reused] = [fixture.id(), fixture.id()]
    await fixture.answer(record(reused, name))
    const outcomes = await fixture.execute([
      reserve(reserved, name),
      reserve(fixture.id(), fixture.name('missing')),
      record(reused, name, { counts: { requestCount: 7 } }),
      commit(fixture.id()),
      commit(reserved, { counts: { requestCount: 2 } }),
      record(fixture.id(), name, { occurredAtMs: 1 }),
      upsertProvider(fixture.name('b'), { vendor: 'vendor', pool: fixture.name('missing') }),
      record(fixture.id(), name),
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
    await fixture.expectLimit(name, 'requests/day', { used: 4 })
    assert.equal((await fixture.ledger(name)).length, 3)
  }),

  contractCase('the commands of a batch see each other in order', async fixture => {
    const [pool, name, { timeZone }] = [fixture.name('p'), fixture.name('a'), fixture]
    const id = fixture.id()
    const outcomes = await fixture.execute([
      upsertPool(pool, { timeZone, limits: [limit({ max: 1 })] }),
      upsertProvider(name, { vendor: 'vendor', pool, timeZone, limits: [limit({ max: 5 })] }),
      reserve(id, name),
      reserve(fixture.id(), name),
      commit(id, { counts: { requestCount: 0 } }),
      reserve(fixture.id(), name),
    ])
    await fixture.provider('a', {})
    const decisions = outcomes.map(outcome =>
      outcome.ok ? ('decision' in outcome.answer ? outcome.answer.decision : 'ok') : outcome.error.code,
    )
    assert.deepEqual(decisions, ['ok', 'ok', 'granted', 'denied', 'ok', 'granted'])
  }),

  contractCase('an empty batch has no outcomes', async fixture => {
    assert.deepEqual(await fixture.execute([]), [])
  }),

  contractCase('concurrent upserts of a new provider create one', async fixture => {
    const name = fixture.name('a')
    const settings = { vendor: 'vendor', limits: [limit({ max: 10 })], timeZone: fixture.timeZone }
    await Promise.all(Array.from({ length: 10 }, () => fixture.answer(upsertProvider(name, settings))))
    await fixture.provider('a', settings)
    const { state } = await fixture.store.read({ type: 'snapshot', providerNames: [name] })
    assert.equal(state.subject({ kind: 'provider', name })?.version, 1)
  }),

  contractCase('calls that lock two pools in opposite order all succeed', async fixture => {
    const pools = [
      await fixture.pool('p', { limits: [limit({ max: 1_000 })] }),
      await fixture.pool('q', { limits: [limit({ max: 1_000 })] }),
    ]
    const names: string[] = []
    for (const [index, label] of ['a', 'b', 'c', 'd'].entries()) {
      names.push(await fixture.provider(label, { pool: pools[index % 2] }))
    }
    await Promise.all(
      Array.from({ length: 40 }, (_, round) =>
        fixture.execute(
          (round % 2 === 0 ? names : [...names].reverse()).map(name => record(fixture.id(), name)),
        ),
      ),
    )
    for (const name of names) await fixture.expectLimit(name, 'requests/day', { used: 80 })
  }),

  contractCase('sums pass 2^31 as numbers', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: null })] })
    for (const characterCount of [2_147_483_647, 1, 1_000]) {
      await fixture.answer(record(fixture.id(), name, { counts: { characterCount } }))
    }
    await fixture.expectLimit(name, 'characters/day', { used: 2_147_484_648 })
    assert.equal((await fixture.stats(name)).characterCount, 2_147_484_648)
    assert.equal((await fixture.days(name))[0]?.characterCount, 2_147_484_648)
  }),

  contractCase('an implausible count is capped, kept in metadata, and raises an alert', async fixture => {
    const limits = [limit({ metric: 'characters', max: most }), limit({ metric: 'cost', max: most })]
    const name = await fixture.provider('a', { limits })
    const [recorded, committed] = [fixture.id(), fixture.id()]
    await fixture.answer(record(recorded, name, { counts: { characterCount: most, costMicroUsd: 7 } }))
    await fixture.answer(reserve(committed, name))
    const counts = { characterCount: maxUnitsOfCall + 1, costMicroUsd: most, inputTokenCount: most }
    await fixture.answer(commit(committed, { counts }))
    const rows = [await fixture.attempt(name, recorded), await fixture.attempt(name, committed)]
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
    await fixture.expectLimit(name, 'characters/day', { used: 2 * maxUnitsOfCall })
    const alerts = await fixture.alerts({ kind: 'provider', name })
    const [alert] = alerts.filter(({ kind }) => kind === 'implausible_count')
    assert.deepEqual([alert?.severity, alert?.used, alert?.max], ['error', most, maxUnitsOfCall])
    // A repetition gets the same answer.
    await fixture.answer(commit(committed, { counts }))
    await fixture.answer(record(recorded, name, { counts: { characterCount: most, costMicroUsd: 7 } }))
    await fixture.expectLimit(name, 'characters/day', { used: 2 * maxUnitsOfCall })
  }),

  contractCase('the largest plausible count is not marked as an estimate', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: most })] })
    const id = fixture.id()
    await fixture.answer(record(id, name, { counts: { characterCount: maxUnitsOfCall } }))
    const row = await fixture.attempt(name, id)
    assert.deepEqual([row.estimated, row.metadata], [false, {}])
    await fixture.expectLimit(name, 'characters/day', { used: maxUnitsOfCall })
    assert.equal((await fixture.alerts({ kind: 'provider', name })).length, 0)
  }),

  contractCase(
    'sums beyond 2^53 − 1 stay exact, answers report 2^53 − 1, and nothing is blocked',
    async fixture => {
      const limits = [
        limit({ metric: 'cost', max: most }),
        limit({ metric: 'cost', window: 'month', max: null }),
        limit({ metric: 'cost', window: 'rolling-31d', max: most }),
      ]
      const pool = await fixture.pool('p', { limits })
      const name = await fixture.provider('a', { pool, limits })
      const counts = { costMicroUsd: maxCostOfCall }
      const expired = fixture.id()
      await fixture.answer(reserve(expired, name, { counts: { costMicroUsd: maxCostOfCall + 5 }, ttlMs: 0 }))
      await fixture.expire(name)
      // Ten calls and the expired one: 11 · 10^15.
      await fixture.execute(Array.from({ length: 10 }, () => record(fixture.id(), name, { counts })))
      await fixture.expectLimit(name, 'cost/day', { used: most })
      assert.equal((await fixture.stats(name)).costMicroUsd, most)
      assert.equal((await fixture.days(name))[0]?.costMicroUsd, most)
      const any = {
        providerName: name,
        from: '0001-01-01',
        to: '9999-12-31',
        cursor: null,
        pageSize: 10,
      } as const
      const { rows } = await fixture.store.read({ type: 'summary', ...any, groupBy: ['provider'] })
      assert.deepEqual([rows[0]?.costMicroUsd, rows[0]?.requestCount], [most, 11])
      assert.equal(
        (await fixture.answer(reserve(fixture.id(), name, { counts: { costMicroUsd: 1 } }))).decision,
        'denied',
      )
      // Subtraction is exact: nine calls less are left.
      await fixture.answer(commit(expired, { counts: { costMicroUsd: 3 } }))
      await fixture.answer(record(fixture.id(), name, { counts: { costMicroUsd: 4 } }))
      await fixture.answer(
        upsertProvider(name, { limits: [...limits, limit({ id: 'new', metric: 'cost', max: most })] }),
      )
      await fixture.expectLimit(name, 'new', { used: most })
      for (let times = 0; times < 2; times++) {
        const reset = {
          type: 'resetUsage',
          id: fixture.id(),
          subject: { kind: 'provider', name },
          actor: 'admin',
        } as const
        await fixture.answer(reset)
        await fixture.answer(reset)
        for (const id of ['cost/day', 'cost/month', 'new']) await fixture.expectLimit(name, id, { used: 0 })
      }
      assert.equal((await fixture.stats(name)).costMicroUsd, 0)
      assert.equal((await fixture.days(name))[0]?.costMicroUsd, 0)
      await fixture.answer(record(fixture.id(), name, { counts: { costMicroUsd: 6 } }))
      await fixture.expectLimit(name, 'cost/day', { used: 6 })
      assert.equal((await fixture.days(name))[0]?.costMicroUsd, 6)
    },
  ),

  contractCase('held units beyond 2^53 − 1 are released exactly', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: null })] })
    const ids = [fixture.id(), fixture.id(), fixture.id()]
    for (const id of ids) await fixture.answer(reserve(id, name, { counts: { characterCount: most } }))
    await fixture.answer(reserve(fixture.id(), name, { counts: { characterCount: 5 } }))
    await fixture.expectLimit(name, 'characters/day', { used: 0, held: most })
    for (const reservationId of ids) await fixture.answer({ type: 'release', reservationId })
    await fixture.expectLimit(name, 'characters/day', { used: 0, held: 5 })
  }),

  contractCase('stats can report a rolling limit that is overspent for centuries', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ window: 'rolling-31d', max: 1 })] })
    for (let times = 0; times < 3; times++)
      await fixture.answer(record(fixture.id(), name, { counts: { requestCount: maxUnitsOfCall } }))
    const denied = await fixture.answer(reserve(fixture.id(), name))
    assert.ok(denied.decision === 'denied')
    assert.match(denied.retryAt ?? '', /^9999-/)
    await fixture.expectLimit(name, 'requests/rolling-31d', { used: 3 * maxUnitsOfCall })
  }),

  contractCase('the largest sums of used, held and observed cause no errors', async fixture => {
    const daily = limit({ metric: 'characters', max: 100 })
    const name = await fixture.provider('a', { limits: [daily] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { counts: { characterCount: 50 } }))
    await fixture.answer({
      type: 'observe',
      providerName: name,
      model: '',
      reservationId: null,
      facts: [fixture.fact({ metric: 'characters', max: most, remaining: 0 })],
      refusal: null,
      succeeded: false,
    })
    await fixture.answer(record(fixture.id(), name, { counts: { characterCount: most } }))
    assert.deepEqual((await fixture.stats(name)).limits[0]?.remaining, 0)
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'denied')
    await fixture.answer({ type: 'release', reservationId: id })
    await fixture.expectLimit(name, daily.id, { used: maxUnitsOfCall, observed: most - 50 })
  }),
]
