import assert from 'node:assert/strict'
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

  contractCase('sums are exact up to 2^53 − 1, and refused beyond', async scene => {
    // No rolling limit: it drains 100,000 units a millisecond, and the two pictures are never the same.
    const limits = [limit({ metric: 'characters', max: most })]
    const name = await scene.provider('a', { limits })
    await scene.answer(record(scene.id(), name, { counts: { characterCount: most - 10 } }))
    const id = scene.id()
    await scene.answer(reserve(id, name, { counts: { characterCount: 9 } }))
    assert.equal((await scene.limit(name, 'characters/day')).remaining, 1)
    const before = await scene.picture([name])
    const outcomes = await scene.execute([
      record(scene.id(), name, { counts: { characterCount: 11 } }),
      reserve(scene.id(), name, { counts: { characterCount: most } }),
      commit(id, { counts: { characterCount: most } }),
    ])
    const [tooMuch, denied, tooMuchAgain] = outcomes
    assert.ok(tooMuch && !tooMuch.ok && tooMuch.error.code === 'COUNT_OVERFLOW')
    assert.ok(denied?.ok && 'decision' in denied.answer && denied.answer.decision === 'denied')
    assert.ok(tooMuchAgain && !tooMuchAgain.ok && tooMuchAgain.error.code === 'COUNT_OVERFLOW')
    assert.deepEqual(await scene.picture([name]), before)
    await scene.answer(commit(id, { counts: { characterCount: 10 } }))
    await scene.expectLimit(name, 'characters/day', { used: most })
    assert.equal((await scene.days(name))[0]?.characterCount, most)
  }),

  contractCase('a rolling limit that is overspent for ages can still be told', async scene => {
    const name = await scene.provider('a', { limits: [limit({ window: 'rolling-31d', max: 1 })] })
    await scene.answer(record(scene.id(), name, { counts: { requestCount: most } }))
    const denied = await scene.answer(reserve(scene.id(), name))
    assert.ok(denied.decision === 'denied')
    assert.match(denied.retryAt ?? '', /^9999-/)
    await scene.expectLimit(name, 'requests/rolling-31d', { used: most })
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
    await scene.expectLimit(name, daily.id, { used: most, observed: most - 50 })
  }),
]
