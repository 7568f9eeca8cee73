import assert from 'node:assert/strict'
import { commit, limit, record, reserve } from './asked.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

const dayMs = 86_400_000

/** Recording calls after the fact. */
export const recordCases: readonly StoreContractCase[] = [
  contractCase('a record counts in every limit, the day and the ledger', async scene => {
    const limits = [limit({ metric: 'characters', max: 14_400 }), limit({ window: 'month', max: null })]
    const name = await scene.provider('a', { limits })
    const id = scene.id()
    const { reservationId, stats } = await scene.answer(
      record(id, name, { counts: { characterCount: 1_000 }, requestId: 'r1', consumer: 'team', model: 'm' }),
    )
    assert.equal(reservationId, id)
    assert.equal(stats.remainingPercentage, 13_400 / 14_400)
    assert.deepEqual([stats.quotaLimit, stats.status, stats.available], [14_400, 'available', true])
    await scene.expectLimit(name, 'characters/day', { used: 1_000 })
    await scene.expectLimit(name, 'requests/month', { used: 1 })
    const row = await scene.attempt(name, id)
    assert.deepEqual(
      [row.kind, row.state, row.requestId, row.consumer, row.model, row.charged.characterCount],
      ['record', 'committed', 'r1', 'team', 'm', 1_000],
    )
    assert.deepEqual([(await scene.days(name))[0]?.characterCount], [1_000])
  }),

  contractCase('a record is accepted though nothing is left, and remaining stays at 0', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
    const { stats } = await scene.answer(record(scene.id(), name, { counts: { characterCount: 250 } }))
    assert.deepEqual([stats.remainingPercentage, stats.limits[0]?.remaining], [0, 0])
    assert.deepEqual([stats.status, stats.disabledBy, stats.available], ['disabled', 'quota', false])
    assert.equal(stats.availableAt, stats.limits[0]?.resetsAt)
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'denied')
  }),

  contractCase('a record counts once, however often it is repeated', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const command = record(scene.id(), name)
    await scene.execute([command, command])
    await Promise.all(Array.from({ length: 5 }, () => scene.answer(command)))
    await scene.expectLimit(name, 'requests/day', { used: 1 })
    assert.equal((await scene.ledger(name)).length, 1)
  }),

  contractCase('an id of a record cannot be used for anything else', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const id = scene.id()
    await scene.answer(record(id, name))
    await scene.refusal(record(id, name, { counts: { characterCount: 1 } }), 'ID_REUSED')
    await scene.refusal(record(id, name, { consumer: 'other' }), 'ID_REUSED')
    await scene.refusal(reserve(id, name), 'ID_REUSED')
    await scene.refusal(commit(id), 'UNKNOWN_RESERVATION')
    const reserved = scene.id()
    await scene.answer(reserve(reserved, name))
    await scene.refusal(record(reserved, name), 'ID_REUSED')
    await scene.expectLimit(name, 'requests/day', { used: 1, held: 1 })
  }),

  contractCase('fifty first records of a day at once make one row with all of them', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: null })] })
    const records = Array.from({ length: 50 }, () => record(scene.id(), name, { model: '' }))
    await Promise.all(records.map(command => scene.answer(command)))
    assert.deepEqual(
      (await scene.days(name)).map(day => day.requestCount),
      [50],
    )
    await scene.expectLimit(name, 'requests/day', { used: 50 })
  }),

  contractCase(
    'a record of yesterday belongs to yesterday, and to the windows that still run',
    async scene => {
      const limits = [
        limit({ max: 10 }),
        limit({ window: 'rolling-1d', max: 10 }),
        limit({ id: 'long', window: 'rolling-2d', max: 10 }),
      ]
      const name = await scene.provider('a', { limits })
      const nowMs = await scene.nowMs()
      await scene.answer(
        record(scene.id(), name, { occurredAtMs: nowMs - dayMs, counts: { requestCount: 10 } }),
      )
      await scene.answer(record(scene.id(), name))
      await scene.expectLimit(name, 'requests/day', { used: 1 })
      await scene.expectLimit(name, 'requests/rolling-1d', { used: 1 })
      // Half of ten has drained in one of the two days.
      await scene.expectLimit(name, 'long', { used: 6 })
      const days = await scene.days(name)
      assert.deepEqual(
        days.map(day => day.requestCount),
        [1, 10],
      )
      assert.ok((days[0]?.date ?? '') > (days[1]?.date ?? ''))
    },
  ),

  contractCase('a record may be a minute ahead and 90 days old, not more', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const nowMs = await scene.nowMs()
    for (const occurredAtMs of [nowMs + 3_600_000, nowMs - 91 * dayMs]) {
      const error = await scene.refusal(record(scene.id(), name, { occurredAtMs }), 'INVALID_INPUT')
      assert.equal(error.field, 'occurredAt')
    }
    await scene.answer(record(scene.id(), name, { occurredAtMs: nowMs - 89 * dayMs }))
    const id = scene.id()
    await scene.answer(record(id, name, { occurredAtMs: nowMs + 30_000 }))
    const { occurredAtMs } = await scene.attempt(name, id)
    assert.ok(occurredAtMs <= (await scene.nowMs()), 'what is a little ahead has happened now')
    await scene.expectLimit(name, 'requests/day', { used: 1 })
  }),

  contractCase('a record of nothing is kept, and counts nothing', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    await scene.answer(record(scene.id(), name, { counts: { requestCount: 0 } }))
    await scene.expectLimit(name, 'requests/day', { used: 0 })
    assert.equal((await scene.ledger(name)).length, 1)
    assert.deepEqual(await scene.days(name), [])
  }),

  contractCase('metadata is data: whatever it looks like, it comes back as it was', async scene => {
    const hostile = {
      "a' OR '1'='1": `x"; DROP TABLE usage_attempt;--`,
      $1: '\\u0041 \\ % _ $2',
      '{"nested": [1]}': { deep: [null, true, 1.5, { 'k\n': '😀 \ud83d\ude00 é' }] },
    }
    const name = await scene.provider('a', { metadata: hostile })
    const id = scene.id()
    await scene.answer(record(id, name, { metadata: hostile, requestId: `'; --`, consumer: `"x" \\` }))
    assert.deepEqual((await scene.attempt(name, id)).metadata, hostile)
    const { state } = await scene.store.read({ type: 'snapshot', providerNames: [name] })
    assert.deepEqual(state.provider(name)?.metadata, hostile)
    const byRequest = { type: 'ledger', providerName: null, requestId: `'; --` } as const
    const { rows } = await scene.store.read({ ...byRequest, cursor: null, pageSize: 1_000 })
    assert.ok(rows.some(row => row.id === id && row.consumer === `"x" \\`))
  }),
]
