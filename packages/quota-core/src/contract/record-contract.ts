import assert from 'node:assert/strict'
import { commit, limit, record, reserve } from './commands.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

const dayMs = 86_400_000

/** Recording calls that have happened. */
export const recordCases: readonly StoreContractCase[] = [
  contractCase('a record counts in every limit, the day and the ledger', async fixture => {
    const limits = [limit({ metric: 'characters', max: 14_400 }), limit({ window: 'month', max: null })]
    const name = await fixture.provider('a', { limits })
    const id = fixture.id()
    const { reservationId, stats } = await fixture.answer(
      record(id, name, { counts: { characterCount: 1_000 }, requestId: 'r1', consumer: 'team', model: 'm' }),
    )
    assert.equal(reservationId, id)
    assert.equal(stats.remainingPercentage, 13_400 / 14_400)
    assert.deepEqual([stats.quotaLimit, stats.status, stats.available], [14_400, 'available', true])
    await fixture.expectLimit(name, 'characters/day', { used: 1_000 })
    await fixture.expectLimit(name, 'requests/month', { used: 1 })
    const row = await fixture.attempt(name, id)
    assert.deepEqual(
      [row.kind, row.state, row.requestId, row.consumer, row.model, row.charged.characterCount],
      ['record', 'committed', 'r1', 'team', 'm', 1_000],
    )
    assert.deepEqual([(await fixture.days(name))[0]?.characterCount], [1_000])
  }),

  contractCase('a record is accepted without room, and remaining stays at 0', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
    const { stats } = await fixture.answer(record(fixture.id(), name, { counts: { characterCount: 250 } }))
    assert.deepEqual([stats.remainingPercentage, stats.limits[0]?.remaining], [0, 0])
    assert.deepEqual([stats.status, stats.disabledBy, stats.available], ['disabled', 'quota', false])
    assert.equal(stats.availableAt, stats.limits[0]?.resetsAt)
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'denied')
  }),

  contractCase('a record counts once, however often it is repeated', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const command = record(fixture.id(), name)
    await fixture.execute([command, command])
    await Promise.all(Array.from({ length: 5 }, () => fixture.answer(command)))
    await fixture.expectLimit(name, 'requests/day', { used: 1 })
    assert.equal((await fixture.ledger(name)).length, 1)
  }),

  contractCase('the id of a record cannot be reused for anything else', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const id = fixture.id()
    await fixture.answer(record(id, name))
    await fixture.refusal(record(id, name, { counts: { characterCount: 1 } }), 'ID_REUSED')
    await fixture.refusal(record(id, name, { consumer: 'other' }), 'ID_REUSED')
    await fixture.refusal(reserve(id, name), 'ID_REUSED')
    await fixture.refusal(commit(id), 'UNKNOWN_RESERVATION')
    const reserved = fixture.id()
    await fixture.answer(reserve(reserved, name))
    await fixture.refusal(record(reserved, name), 'ID_REUSED')
    await fixture.expectLimit(name, 'requests/day', { used: 1, held: 1 })
  }),

  contractCase('fifty concurrent first records of a day make one row with all of them', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: null })] })
    const records = Array.from({ length: 50 }, () => record(fixture.id(), name, { model: '' }))
    await Promise.all(records.map(command => fixture.answer(command)))
    assert.deepEqual(
      (await fixture.days(name)).map(day => day.requestCount),
      [50],
    )
    await fixture.expectLimit(name, 'requests/day', { used: 50 })
  }),

  contractCase(
    'a record of yesterday counts for yesterday and for windows that are still current',
    async fixture => {
      const limits = [
        limit({ max: 10 }),
        limit({ window: 'rolling-1d', max: 10 }),
        limit({ id: 'long', window: 'rolling-2d', max: 10 }),
      ]
      const name = await fixture.provider('a', { limits })
      const nowMs = await fixture.nowMs()
      await fixture.answer(
        record(fixture.id(), name, { occurredAtMs: nowMs - dayMs, counts: { requestCount: 10 } }),
      )
      await fixture.answer(record(fixture.id(), name))
      await fixture.expectLimit(name, 'requests/day', { used: 1 })
      await fixture.expectLimit(name, 'requests/rolling-1d', { used: 1 })
      // Half of the ten has drained in one of the two days.
      await fixture.expectLimit(name, 'long', { used: 6 })
      const days = await fixture.days(name)
      assert.deepEqual(
        days.map(day => day.requestCount),
        [1, 10],
      )
      assert.ok((days[0]?.date ?? '') > (days[1]?.date ?? ''))
    },
  ),

  contractCase('a record may be at most a minute ahead and 90 days old', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const nowMs = await fixture.nowMs()
    for (const occurredAtMs of [nowMs + 3_600_000, nowMs - 91 * dayMs]) {
      const error = await fixture.refusal(record(fixture.id(), name, { occurredAtMs }), 'INVALID_INPUT')
      assert.equal(error.field, 'occurredAt')
    }
    await fixture.answer(record(fixture.id(), name, { occurredAtMs: nowMs - 89 * dayMs }))
    const id = fixture.id()
    await fixture.answer(record(id, name, { occurredAtMs: nowMs + 30_000 }))
    const { occurredAtMs } = await fixture.attempt(name, id)
    assert.ok(occurredAtMs <= (await fixture.nowMs()), 'an instant slightly ahead becomes now')
    await fixture.expectLimit(name, 'requests/day', { used: 1 })
  }),

  contractCase('an empty record is stored, and counts nothing', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    await fixture.answer(record(fixture.id(), name, { counts: { requestCount: 0 } }))
    await fixture.expectLimit(name, 'requests/day', { used: 0 })
    assert.equal((await fixture.ledger(name)).length, 1)
    assert.deepEqual(await fixture.days(name), [])
  }),

  contractCase('metadata is returned unchanged, whatever it contains', async fixture => {
    const hostile = {
      "a' OR '1'='1": `x"; DROP TABLE usage_attempt;--`,
      $1: '\\u0041 \\ % _ $2',
      '{"nested": [1]}': { deep: [null, true, 1.5, { 'k\n': '😀 \ud83d\ude00 é' }] },
    }
    const name = await fixture.provider('a', { metadata: hostile })
    const id = fixture.id()
    await fixture.answer(record(id, name, { metadata: hostile, requestId: `'; --`, consumer: `"x" \\` }))
    assert.deepEqual((await fixture.attempt(name, id)).metadata, hostile)
    const { state } = await fixture.store.read({ type: 'snapshot', providerNames: [name] })
    assert.deepEqual(state.provider(name)?.metadata, hostile)
    const byRequest = { type: 'ledger', providerName: null, requestId: `'; --` } as const
    const { rows } = await fixture.store.read({ ...byRequest, cursor: null, pageSize: 1_000 })
    assert.ok(rows.some(row => row.id === id && row.consumer === `"x" \\`))
  }),
]
