import assert from 'node:assert/strict'
import { commit, limit, record, reserve } from './commands.js'
import { besideCase, contractCase, roughClockCase, type StoreContractCase } from './contract-case.js'
import type { Fixture } from './fixture.js'

const nothing = { counts: { requestCount: 0 } } as const

function inFlight(max: number | null, settings: Partial<Parameters<typeof limit>[0]> = {}) {
  return limit({ metric: 'concurrency', window: null, max, ...settings })
}

async function decisionOf(fixture: Fixture, name: string, model = ''): Promise<string> {
  return (await fixture.answer(reserve(fixture.id(), name, { model }))).decision
}

/** Limits of calls in flight. */
export const concurrencyCases: readonly StoreContractCase[] = [
  contractCase('of parallel calls as many are in flight as the limit allows', async fixture => {
    const pool = await fixture.pool('p', { limits: [inFlight(7)] })
    const names = [
      await fixture.provider('a', { pool, limits: [inFlight(5)] }),
      await fixture.provider('b', { pool, limits: [inFlight(5)] }),
    ]
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => fixture.answer(reserve(fixture.id(), names[index % 2] ?? ''))),
    )
    const granted = answers.flatMap(answer => (answer.decision === 'granted' ? [answer.reservationId] : []))
    assert.equal(granted.length, 7)
    await fixture.answer(commit(granted[0] ?? ''))
    await fixture.answer({ type: 'release', reservationId: granted[1] ?? '' })
    const again = await Promise.all(names.flatMap(name => [0, 1, 2].map(() => decisionOf(fixture, name))))
    assert.equal(again.filter(decision => decision === 'granted').length, 2)
  }),

  contractCase('calls in flight are held and never used, whatever they count', async fixture => {
    const name = await fixture.provider('a', { limits: [inFlight(2), limit({ max: 100 })] })
    const [first, second] = [fixture.id(), fixture.id()]
    await fixture.answer(reserve(first, name, { counts: { requestCount: 5 } }))
    await fixture.answer(reserve(second, name, nothing))
    await fixture.answer(record(fixture.id(), name))
    await fixture.expectLimit(name, 'concurrency', { used: 0, held: 2 })
    const nowMs = await fixture.nowMs()
    const denied = await fixture.answer(reserve(fixture.id(), name, nothing))
    assert.ok(denied.decision === 'denied')
    assert.deepEqual(
      denied.reasons.map(({ limitId, code }) => [limitId, code]),
      [['concurrency', 'exhausted']],
    )
    // When a call ends is unknown; it is worth a look in a second.
    const waitMs = Date.parse(denied.retryAt ?? '') - nowMs
    assert.ok(waitMs > 0 && waitMs < 10_000, `retry in ${waitMs} ms`)
    const stats = await fixture.stats(name)
    assert.deepEqual(
      [stats.status, stats.disabledBy, stats.available, stats.quotaLimit],
      ['available', null, false, 100],
    )
    const state = await fixture.limit(name, 'concurrency')
    assert.deepEqual([state.window, state.resetsAt, state.remaining], [null, null, 0])
    await fixture.answer({ type: 'extend', reservationId: first, ttlMs: 900_000 })
    await fixture.expectLimit(name, 'concurrency', { used: 0, held: 2 })
    for (const id of [first, second]) await fixture.answer(commit(id, { counts: { requestCount: 40 } }))
    await fixture.expectLimit(name, 'concurrency', { used: 0, held: 0 })
    const alerts = await fixture.alerts({ kind: 'provider', name })
    assert.deepEqual([...new Set(alerts.map(({ limitId }) => limitId))], ['requests/day'])
  }),

  contractCase('calls in flight may be limited by model', async fixture => {
    const limits = [
      inFlight(1, { model: '*', per: 'model' }),
      inFlight(2, { id: 'some', model: 'm-*' }),
      inFlight(1, { id: 'shadow', mode: 'shadow' }),
      inFlight(null, { id: 'counted' }),
    ]
    const name = await fixture.provider('a', { limits })
    const decisions: string[] = []
    for (const model of ['m-1', 'm-1', 'm-2', 'm-3', 'x'])
      decisions.push(await decisionOf(fixture, name, model))
    assert.deepEqual(decisions, ['granted', 'denied', 'granted', 'denied', 'granted'])
    await fixture.expectLimit(name, 'concurrency@*', { used: 0, held: 1, model: 'm-2' })
    await fixture.expectLimit(name, 'some', { used: 0, held: 2 })
    await fixture.expectLimit(name, 'shadow', { used: 0, held: 3 })
    await fixture.expectLimit(name, 'counted', { used: 0, held: 3 })
  }),

  contractCase('an added limit counts the calls that are in flight', async fixture => {
    const pool = await fixture.pool('p')
    const name = await fixture.provider('a', { pool })
    const settled = fixture.id()
    await fixture.answer(reserve(settled, name, { model: 'x' }))
    await fixture.answer(commit(settled))
    await fixture.answer(reserve(fixture.id(), name, { model: 'x', counts: { requestCount: 3 } }))
    const last = fixture.id()
    await fixture.answer(reserve(last, name, { model: 'y', ...nothing }))
    const limits = [inFlight(3), inFlight(5, { id: 'each', model: '*', per: 'model' })]
    await fixture.pool('p', { limits })
    await fixture.provider('a', { limits: [inFlight(2, { id: 'own' })] })
    await fixture.expectLimit(name, 'concurrency', { used: 0, held: 2 })
    await fixture.expectLimit(name, 'own', { used: 0, held: 2 })
    await fixture.expectLimit(name, 'each', { used: 0, held: 1, model: 'y' })
    assert.equal(await decisionOf(fixture, name, 'y'), 'denied')
    await fixture.answer(commit(last))
    assert.equal(await decisionOf(fixture, name, 'y'), 'granted')
  }),

  contractCase('a reset of usage leaves calls in flight', async fixture => {
    const name = await fixture.provider('a', { limits: [inFlight(1)] })
    await fixture.answer(reserve(fixture.id(), name))
    const subject = { kind: 'provider', name } as const
    await fixture.answer({ type: 'resetUsage', id: fixture.id(), subject, actor: 'admin' })
    await fixture.expectLimit(name, 'concurrency', { used: 0, held: 1 })
    assert.equal(await decisionOf(fixture, name), 'denied')
  }),

  roughClockCase(
    'an expired call is in flight no more, and its late commit changes nothing',
    async fixture => {
      const name = await fixture.provider('a', { limits: [inFlight(1)] })
      const id = fixture.id()
      await fixture.answer(reserve(id, name, { ttlMs: 60_000 }))
      await fixture.advance(61_000)
      // Expired by the call that would be denied.
      const next = fixture.id()
      const granted = await fixture.answer(reserve(next, name, { ttlMs: 600_000 }))
      assert.equal(granted.decision, 'granted')
      await fixture.answer(commit(id, { counts: { requestCount: 3 } }))
      await fixture.expectLimit(name, 'concurrency', { used: 0, held: 1 })
      // They stay in flight over the turn of any window.
      await fixture.answer({ type: 'extend', reservationId: next, ttlMs: 86_400_000 })
      await fixture.advance(80_000_000)
      await fixture.expectLimit(name, 'concurrency', { used: 0, held: 1 })
      await fixture.answer(commit(next))
      await fixture.expectLimit(name, 'concurrency', { used: 0, held: 0 })
    },
  ),

  besideCase('two processes share a limit of calls in flight exactly', async (fixture, beside) => {
    const name = await fixture.provider('a', { limits: [inFlight(6)] })
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        (index % 2 === 0 ? fixture.store : beside).execute([reserve(fixture.id(), name)]),
      ),
    )
    const granted = outcomes.flat().filter(outcome => {
      assert.ok(outcome.ok && 'decision' in outcome.answer)
      return outcome.answer.decision === 'granted'
    })
    assert.equal(granted.length, 6)
  }),
]
