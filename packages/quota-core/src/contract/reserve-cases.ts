import assert from 'node:assert/strict'
import { acquire, limit, observe, reserve } from './asked.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

/** Reserving and acquiring. */
export const reserveCases: readonly StoreContractCase[] = [
  contractCase('a grant holds what was asked for and says what is left', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
    const id = scene.id()
    const counts = { characterCount: 300 }
    const answer = await scene.answer(reserve(id, name, { counts, requestId: 'r1', consumer: 'team' }))
    assert.ok(answer.decision === 'granted')
    assert.equal(answer.reservationId, id)
    assert.equal(answer.counts.characterCount, 300)
    assert.equal(answer.limits[0]?.remaining, 700)
    await scene.expectLimit(name, 'characters/day', { used: 0, held: 300 })
    const row = await scene.attempt(name, id)
    assert.equal(row.state, 'pending')
    assert.equal(row.reserved.characterCount, 300)
    assert.equal(row.requestId, 'r1')
    assert.equal(row.consumer, 'team')
    assert.deepEqual(await scene.days(name), [], 'what is only held is not usage')
  }),

  contractCase('a limit of 10 grants exactly 10 of 100 parallel reservations', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const commands = Array.from({ length: 100 }, () => reserve(scene.id(), name))
    const answers = await Promise.all(commands.map(command => scene.answer(command)))
    assert.equal(answers.filter(answer => answer.decision === 'granted').length, 10)
    await scene.expectLimit(name, 'requests/day', { used: 0, held: 10 })
    assert.equal((await scene.ledger(name)).length, 10)
  }),

  contractCase('a limit of 10 grants exactly 10 of 100 reservations of one batch', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const outcomes = await scene.execute(Array.from({ length: 100 }, () => reserve(scene.id(), name)))
    const granted = outcomes.map(
      outcome => outcome.ok && 'decision' in outcome.answer && outcome.answer.decision === 'granted',
    )
    assert.deepEqual(
      granted,
      granted.map((_, index) => index < 10),
      'the first ten, in order',
    )
    await scene.expectLimit(name, 'requests/day', { used: 0, held: 10 })
  }),

  contractCase('a denial consumes nothing, leaves no trace and says when it ends', async scene => {
    const name = await scene.provider('a', {
      limits: [limit({ max: 1 }), limit({ metric: 'characters', window: 'rolling-1d', max: 100 })],
    })
    await scene.answer(reserve(scene.id(), name, { counts: { characterCount: 50 } }))
    const before = await scene.picture([name])
    const answer = await scene.answer(reserve(scene.id(), name, { counts: { characterCount: 60 } }))
    assert.ok(answer.decision === 'denied')
    assert.deepEqual(
      answer.reasons.map(reason => [reason.limitId, reason.code]),
      [
        ['requests/day', 'exhausted'],
        ['characters/rolling-1d', 'exhausted'],
      ],
    )
    const dayEnds = (await scene.limit(name, 'requests/day')).resetsAt
    assert.equal(answer.reasons[0]?.retryAt, dayEnds)
    assert.equal(answer.retryAt, dayEnds, 'the latest of both')
    assert.deepEqual(await scene.picture([name]), before)
  }),

  contractCase('more than a limit ever allows is too large, and never fits', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
    const answer = await scene.answer(reserve(scene.id(), name, { counts: { characterCount: 101 } }))
    assert.ok(answer.decision === 'denied')
    assert.equal(answer.reasons[0]?.code, 'too_large')
    assert.equal(answer.retryAt, null)
    await scene.expectLimit(name, 'characters/day', { used: 0 })
  }),

  contractCase('a spent limit denies even a call of nothing', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 0 })] })
    const answer = await scene.answer(reserve(scene.id(), name, { counts: { requestCount: 0 } }))
    assert.equal(answer.decision, 'denied')
  }),

  contractCase('a limit without a max counts and denies nothing', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: null })] })
    const answer = await scene.answer(reserve(scene.id(), name, { counts: { requestCount: 1_000_000 } }))
    assert.equal(answer.decision, 'granted')
    await scene.expectLimit(name, 'requests/day', { used: 0, held: 1_000_000 })
  }),

  contractCase('a repeated reservation is the same grant, and holds once', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const command = reserve(scene.id(), name, { counts: { requestCount: 4 } })
    const first = await scene.answer(command)
    const [again, third] = await scene.execute([command, command])
    for (const outcome of [again, third]) {
      assert.ok(outcome?.ok)
      assert.deepEqual(outcome.answer, first)
    }
    await scene.expectLimit(name, 'requests/day', { used: 0, held: 4 })
  }),

  contractCase('an id that was used for another payload is refused, and holds nothing more', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const other = await scene.provider('b', { limits: [limit({ max: 10 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name))
    const error = await scene.refusal(reserve(id, name, { counts: { requestCount: 2 } }), 'ID_REUSED')
    assert.equal(error.field, 'id')
    await scene.refusal(reserve(id, other), 'ID_REUSED')
    await scene.expectLimit(name, 'requests/day', { used: 0, held: 1 })
    await scene.expectLimit(other, 'requests/day', { used: 0 })
  }),

  contractCase('atLeast grants as much as fits, and no less', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'tokens', max: 1_000 })] })
    const asked = (inputTokenCount: number, outputTokenCount: number, leastOutput: number) =>
      reserve(scene.id(), name, {
        counts: { inputTokenCount, outputTokenCount },
        atLeast: { ...noTokens, inputTokenCount, outputTokenCount: leastOutput },
      })
    const first = await scene.answer(asked(100, 2_000, 200))
    assert.ok(first.decision === 'granted')
    assert.deepEqual([first.counts.inputTokenCount, first.counts.outputTokenCount], [100, 900])
    assert.equal((await scene.answer(asked(100, 2_000, 200))).decision, 'denied')
    await scene.expectLimit(name, 'tokens/day', { used: 0, held: 1_000 })
  }),

  contractCase('all or nothing: where one limit has no room, no other holds anything', async scene => {
    const pool = await scene.pool('p', { limits: [limit({ metric: 'characters', max: 100 })] })
    const limits = [limit({ max: 10 }), limit({ metric: 'characters', window: 'month', max: 1_000 })]
    const first = await scene.provider('a', { pool, limits })
    const second = await scene.provider('b', { pool, limits })
    await scene.answer(reserve(scene.id(), first, { counts: { characterCount: 60 } }))
    const answer = await scene.answer(reserve(scene.id(), second, { counts: { characterCount: 41 } }))
    assert.ok(answer.decision === 'denied')
    assert.deepEqual(
      answer.reasons.map(reason => reason.subject),
      [{ kind: 'pool', name: pool }],
    )
    await scene.expectLimit(second, 'requests/day', { used: 0 })
    await scene.expectLimit(second, 'characters/month', { used: 0 })
    await scene.expectLimit(second, 'characters/day', { used: 0, held: 60 })
    const fitting = await scene.answer(reserve(scene.id(), second, { counts: { characterCount: 40 } }))
    assert.equal(fitting.decision, 'granted')
    await scene.expectLimit(first, 'characters/day', { used: 0, held: 100 })
  }),

  contractCase('acquire takes the first candidate with room, and says why it skipped others', async scene => {
    const spent = await scene.provider('a', { priority: 1, limits: [limit({ max: 0 })] })
    const cooling = await scene.provider('b', { priority: 2, limits: [limit({ max: 10 })] })
    const free = await scene.provider('c', { priority: 3, limits: [limit({ max: 10 })] })
    const untilMs = (await scene.nowMs()) + 3_600_000
    const refusal = { scope: 'provider', model: '', kind: 'rate_limit', untilMs } as const
    await scene.answer(observe(cooling, { refusal }))
    const candidates = [free, cooling, spent].map(providerName => ({ providerName, model: '' }))
    const command = acquire(scene.id(), candidates)
    const answer = await scene.answer(command)
    assert.ok(answer.decision === 'granted')
    assert.equal(answer.providerName, free)
    assert.deepEqual(
      answer.skipped.map(({ providerName, reasons }) => [providerName, reasons[0]?.code]),
      [
        [spent, 'too_large'],
        [cooling, 'cooling_down'],
      ],
    )
    await scene.expectLimit(spent, 'requests/day', { used: 0 })
    await scene.expectLimit(free, 'requests/day', { used: 0, held: 1 })
    const again = await scene.answer(command)
    assert.ok(again.decision === 'granted')
    assert.equal(again.reservationId, answer.reservationId)
    assert.equal(again.providerName, free)
    await scene.expectLimit(free, 'requests/day', { used: 0, held: 1 })
  }),

  contractCase('acquire repeats its grant though other candidates are asked meanwhile', async scene => {
    const first = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const second = await scene.provider('b', { limits: [limit({ max: 10 })] })
    const command = acquire(scene.id(), [{ providerName: first, model: '' }])
    await scene.answer(command)
    // A door that narrows many candidates down may ask others when it repeats the same request.
    const narrowed = { ...command, candidates: [{ providerName: second, model: '' }] }
    const again = await scene.answer(narrowed)
    assert.ok(again.decision === 'granted')
    assert.equal(again.providerName, first)
    await scene.expectLimit(second, 'requests/day', { used: 0 })
  }),

  contractCase('acquire is denied until the first candidate is back', async scene => {
    const never = await scene.provider('a', { limits: [limit({ max: 0 })] })
    const later = await scene.provider('b', { limits: [limit({ max: 1 })] })
    await scene.answer(reserve(scene.id(), later))
    const candidates = [never, later].map(providerName => ({ providerName, model: '' }))
    const answer = await scene.answer(acquire(scene.id(), candidates))
    assert.ok(answer.decision === 'denied')
    assert.equal(answer.skipped.length, 2)
    assert.equal(answer.retryAt, (await scene.limit(later, 'requests/day')).resetsAt)
  }),

  contractCase('a provider that does not exist is an error that names the field', async scene => {
    const name = await scene.provider('a')
    const missing = scene.name('missing')
    const error = await scene.refusal(reserve(scene.id(), missing), 'UNKNOWN_PROVIDER')
    assert.equal(error.field, 'providerName')
    const candidates = [missing, name].map(providerName => ({ providerName, model: '' }))
    await scene.refusal(acquire(scene.id(), candidates), 'UNKNOWN_PROVIDER')
  }),
]

const noTokens = {
  requestCount: 0,
  characterCount: 0,
  inputTokenCount: 0,
  outputTokenCount: 0,
  cachedInputTokenCount: 0,
  costMicroUsd: 0,
}
