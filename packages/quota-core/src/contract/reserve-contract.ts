import assert from 'node:assert/strict'
import { noCounts } from '../domain/counts.js'
import { acquire, limit, observe, reserve } from './commands.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

/** Reservations. */
export const reserveCases: readonly StoreContractCase[] = [
  contractCase('a grant holds the requested counts and reports what is left', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
    const id = fixture.id()
    const counts = { characterCount: 300 }
    const answer = await fixture.answer(reserve(id, name, { counts, requestId: 'r1', consumer: 'team' }))
    assert.ok(answer.decision === 'granted')
    assert.equal(answer.reservationId, id)
    assert.equal(answer.counts.characterCount, 300)
    assert.equal(answer.limits[0]?.remaining, 700)
    await fixture.expectLimit(name, 'characters/day', { used: 0, held: 300 })
    const row = await fixture.attempt(name, id)
    assert.equal(row.state, 'pending')
    assert.equal(row.reserved.characterCount, 300)
    assert.equal(row.requestId, 'r1')
    assert.equal(row.consumer, 'team')
    assert.deepEqual(await fixture.days(name), [], 'held units are not usage')
  }),

  contractCase('a limit of 10 grants exactly 10 of 100 parallel reservations', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const commands = Array.from({ length: 100 }, () => reserve(fixture.id(), name))
    const answers = await Promise.all(commands.map(command => fixture.answer(command)))
    assert.equal(answers.filter(answer => answer.decision === 'granted').length, 10)
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 10 })
    assert.equal((await fixture.ledger(name)).length, 10)
  }),

  contractCase('a limit of 10 grants exactly 10 of 100 reservations of one batch', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const outcomes = await fixture.execute(Array.from({ length: 100 }, () => reserve(fixture.id(), name)))
    const granted = outcomes.map(
      outcome => outcome.ok && 'decision' in outcome.answer && outcome.answer.decision === 'granted',
    )
    assert.deepEqual(
      granted,
      granted.map((_, index) => index < 10),
      'the first ten, in order',
    )
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 10 })
  }),

  contractCase('a denial consumes nothing, leaves no row and states when to retry', async fixture => {
    const name = await fixture.provider('a', {
      limits: [limit({ max: 1 }), limit({ metric: 'characters', window: 'rolling-1d', max: 100 })],
    })
    await fixture.answer(reserve(fixture.id(), name, { counts: { characterCount: 50 } }))
    const before = await fixture.picture([name])
    const answer = await fixture.answer(reserve(fixture.id(), name, { counts: { characterCount: 60 } }))
    assert.ok(answer.decision === 'denied')
    assert.deepEqual(
      answer.reasons.map(reason => [reason.limitId, reason.code]),
      [
        ['requests/day', 'exhausted'],
        ['characters/rolling-1d', 'exhausted'],
      ],
    )
    const dayEnds = (await fixture.limit(name, 'requests/day')).resetsAt
    assert.equal(answer.reasons[0]?.retryAt, dayEnds)
    assert.equal(answer.retryAt, dayEnds, 'the later of both')
    assert.deepEqual(await fixture.picture([name]), before)
  }),

  contractCase('a call larger than a limit is too_large, and never fits', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
    const answer = await fixture.answer(reserve(fixture.id(), name, { counts: { characterCount: 101 } }))
    assert.ok(answer.decision === 'denied')
    const { code, metric, window, units, max } = answer.reasons[0] ?? {}
    assert.deepEqual([code, metric, window, units, max], ['too_large', 'characters', 'day', 101, 100])
    assert.equal(answer.retryAt, null)
    await fixture.expectLimit(name, 'characters/day', { used: 0 })
  }),

  contractCase('a spent limit denies even a call of 0 units', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 0 })] })
    const answer = await fixture.answer(reserve(fixture.id(), name, { counts: { requestCount: 0 } }))
    assert.equal(answer.decision, 'denied')
  }),

  contractCase('a limit without a max counts and denies nothing', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: null })] })
    const answer = await fixture.answer(reserve(fixture.id(), name, { counts: { requestCount: 1_000_000 } }))
    assert.equal(answer.decision, 'granted')
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 1_000_000 })
  }),

  contractCase('a repeated reservation returns the same grant, and holds once', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const command = reserve(fixture.id(), name, { counts: { requestCount: 4 } })
    const first = await fixture.answer(command)
    const [again, third] = await fixture.execute([command, command])
    for (const outcome of [again, third]) {
      assert.ok(outcome?.ok)
      assert.deepEqual(outcome.answer, first)
    }
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 4 })
  }),

  contractCase('an id used for another payload is refused, and holds nothing more', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const other = await fixture.provider('b', { limits: [limit({ max: 10 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name))
    const error = await fixture.refusal(reserve(id, name, { counts: { requestCount: 2 } }), 'ID_REUSED')
    assert.equal(error.field, 'id')
    await fixture.refusal(reserve(id, other), 'ID_REUSED')
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 1 })
    await fixture.expectLimit(other, 'requests/day', { used: 0 })
  }),

  contractCase('atLeast grants as much as fits, and no less', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'tokens', max: 1_000 })] })
    const asked = (inputTokenCount: number, outputTokenCount: number, leastOutput: number) =>
      reserve(fixture.id(), name, {
        counts: { inputTokenCount, outputTokenCount },
        atLeast: { ...noCounts, inputTokenCount, outputTokenCount: leastOutput },
      })
    const first = await fixture.answer(asked(100, 2_000, 200))
    assert.ok(first.decision === 'granted')
    assert.deepEqual([first.counts.inputTokenCount, first.counts.outputTokenCount], [100, 900])
    assert.equal((await fixture.answer(asked(100, 2_000, 200))).decision, 'denied')
    await fixture.expectLimit(name, 'tokens/day', { used: 0, held: 1_000 })
  }),

  contractCase('all or nothing: if one limit has no room, no other holds anything', async fixture => {
    const pool = await fixture.pool('p', { limits: [limit({ metric: 'characters', max: 100 })] })
    const limits = [limit({ max: 10 }), limit({ metric: 'characters', window: 'month', max: 1_000 })]
    const first = await fixture.provider('a', { pool, limits })
    const second = await fixture.provider('b', { pool, limits })
    await fixture.answer(reserve(fixture.id(), first, { counts: { characterCount: 60 } }))
    const answer = await fixture.answer(reserve(fixture.id(), second, { counts: { characterCount: 41 } }))
    assert.ok(answer.decision === 'denied')
    assert.deepEqual(
      answer.reasons.map(reason => reason.subject),
      [{ kind: 'pool', name: pool }],
    )
    await fixture.expectLimit(second, 'requests/day', { used: 0 })
    await fixture.expectLimit(second, 'characters/month', { used: 0 })
    await fixture.expectLimit(second, 'characters/day', { used: 0, held: 60 })
    const fitting = await fixture.answer(reserve(fixture.id(), second, { counts: { characterCount: 40 } }))
    assert.equal(fitting.decision, 'granted')
    await fixture.expectLimit(first, 'characters/day', { used: 0, held: 100 })
  }),

  contractCase(
    'acquire takes the first candidate with room, and states why others were skipped',
    async fixture => {
      const spent = await fixture.provider('a', { priority: 1, limits: [limit({ max: 0 })] })
      const cooling = await fixture.provider('b', { priority: 2, limits: [limit({ max: 10 })] })
      const free = await fixture.provider('c', { priority: 3, limits: [limit({ max: 10 })] })
      const untilMs = (await fixture.nowMs()) + 3_600_000
      const refusal = { scope: 'provider', model: '', kind: 'rate_limit', untilMs } as const
      await fixture.answer(observe(cooling, { refusal }))
      const candidates = [free, cooling, spent].map(providerName => ({ providerName, model: '' }))
      const command = acquire(fixture.id(), candidates)
      const answer = await fixture.answer(command)
      assert.ok(answer.decision === 'granted')
      assert.equal(answer.providerName, free)
      assert.deepEqual(
        answer.skipped.map(({ providerName, reasons }) => [providerName, reasons[0]?.code]),
        [
          [spent, 'too_large'],
          [cooling, 'cooling_down'],
        ],
      )
      await fixture.expectLimit(spent, 'requests/day', { used: 0 })
      await fixture.expectLimit(free, 'requests/day', { used: 0, held: 1 })
      const again = await fixture.answer(command)
      assert.ok(again.decision === 'granted')
      assert.equal(again.reservationId, answer.reservationId)
      assert.equal(again.providerName, free)
      await fixture.expectLimit(free, 'requests/day', { used: 0, held: 1 })
    },
  ),

  contractCase('acquire repeats its grant even if the repetition has other candidates', async fixture => {
    const first = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const second = await fixture.provider('b', { limits: [limit({ max: 10 })] })
    const command = acquire(fixture.id(), [{ providerName: first, model: '' }])
    await fixture.answer(command)
    // A caller that narrows many candidates down may pass others when it repeats a request.
    const narrowed = { ...command, candidates: [{ providerName: second, model: '' }] }
    const again = await fixture.answer(narrowed)
    assert.ok(again.decision === 'granted')
    assert.equal(again.providerName, first)
    await fixture.expectLimit(second, 'requests/day', { used: 0 })
  }),

  contractCase('acquire is denied until the first candidate returns', async fixture => {
    const never = await fixture.provider('a', { limits: [limit({ max: 0 })] })
    const later = await fixture.provider('b', { limits: [limit({ max: 1 })] })
    await fixture.answer(reserve(fixture.id(), later))
    const candidates = [never, later].map(providerName => ({ providerName, model: '' }))
    const answer = await fixture.answer(acquire(fixture.id(), candidates))
    assert.ok(answer.decision === 'denied')
    assert.equal(answer.skipped.length, 2)
    assert.equal(answer.retryAt, (await fixture.limit(later, 'requests/day')).resetsAt)
  }),

  contractCase('a provider that does not exist is an error that names the field', async fixture => {
    const name = await fixture.provider('a')
    const missing = fixture.name('missing')
    const error = await fixture.refusal(reserve(fixture.id(), missing), 'UNKNOWN_PROVIDER')
    assert.equal(error.field, 'providerName')
    const candidates = [missing, name].map(providerName => ({ providerName, model: '' }))
    await fixture.refusal(acquire(fixture.id(), candidates), 'UNKNOWN_PROVIDER')
  }),
]
