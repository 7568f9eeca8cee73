import assert from 'node:assert/strict'
import { calendarInterval } from '../domain/calendar.js'
import { commit, limit, observe, record, reserve } from './commands.js'
import { clockCase, type StoreContractCase } from './contract-case.js'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Guarantees that depend on time. */
export const clockCases: readonly StoreContractCase[] = [
  clockCase('a new day starts at 0 once, and the old row stays', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 5 })] })
    await fixture.answer(record(fixture.id(), name, { counts: { requestCount: 5 } }))
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'denied')
    await fixture.advance(12 * hourMs)
    for (let times = 0; times < 3; times++) {
      await fixture.answer(record(fixture.id(), name))
      await fixture.advance(minuteMs)
    }
    await fixture.expectLimit(name, 'requests/day', { used: 3 })
    assert.deepEqual(
      (await fixture.days(name)).map(day => day.requestCount),
      [3, 5],
    )
    assert.equal((await fixture.stats(name)).requestCount, 3)
  }),

  clockCase('the request fits exactly at the retryAt of its denial', async fixture => {
    const limits = [
      limit({ max: 3 }),
      limit({ metric: 'characters', window: 'rolling-1h', max: 100 }),
      limit({ id: 'minutely', window: 'minute', max: 2 }),
    ]
    const name = await fixture.provider('a', { limits })
    const ask = () => fixture.answer(reserve(fixture.id(), name, { counts: { characterCount: 40 } }))
    for (let round = 0; round < 4; round++) {
      const answer = await ask()
      if (answer.decision === 'granted') {
        await fixture.answer(commit(answer.reservationId, { counts: { characterCount: 40 } }))
        continue
      }
      const waitMs = Date.parse(answer.retryAt ?? '') - (await fixture.nowMs())
      assert.ok(waitMs > 1)
      await fixture.advance(waitMs - 1)
      assert.equal((await ask()).decision, 'denied', 'one millisecond earlier')
      await fixture.advance(1)
      const granted = await ask()
      assert.ok(granted.decision === 'granted')
      await fixture.answer(commit(granted.reservationId, { counts: { characterCount: 40 } }))
    }
  }),

  clockCase('a reservation holds until it expires, to the millisecond', async fixture => {
    const name = await fixture.provider('a', { onExpiry: 'release', limits: [limit({ max: 1 })] })
    await fixture.answer(reserve(fixture.id(), name, { ttlMs: minuteMs }))
    await fixture.advance(minuteMs - 1)
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 1 })
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'denied')
    await fixture.advance(1)
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 1 })
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 1 })
  }),

  clockCase('an extended reservation stays pending past its first expiry', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { ttlMs: minuteMs }))
    await fixture.advance(minuteMs / 2)
    await fixture.answer({ type: 'extend', reservationId: id, ttlMs: minuteMs })
    await fixture.advance(minuteMs - 1)
    await fixture.expire(name)
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 1 })
    await fixture.advance(1)
    await fixture.expire(name)
    await fixture.expectLimit(name, 'requests/day', { used: 1 })
  }),

  clockCase(
    'a call is charged to the windows of its reservation, if they are still current',
    async fixture => {
      const limits = [limit({ max: 10 }), limit({ window: 'month', max: 100 })]
      const name = await fixture.provider('a', { limits })
      const nowMs = await fixture.nowMs()
      const rule = { timeZone: fixture.timeZone, dayStartsAt: '00:00', monthStartsOn: 1 }
      const sameMonth =
        calendarInterval('month', rule, nowMs).endMs - calendarInterval('day', rule, nowMs).endMs >= dayMs
      const id = fixture.id()
      await fixture.answer(reserve(id, name, { ttlMs: dayMs }))
      await fixture.advance(12 * hourMs)
      await fixture.expectLimit(name, 'requests/day', { used: 0 })
      await fixture.answer(commit(id, { counts: { requestCount: 2 } }))
      await fixture.expectLimit(name, 'requests/day', { used: 0 })
      if (sameMonth) await fixture.expectLimit(name, 'requests/month', { used: 2 })
      assert.deepEqual(
        (await fixture.days(name)).map(day => [day.date, day.requestCount]),
        [[(await fixture.attempt(name, id)).date, 2]],
      )
    },
  ),

  clockCase('a reset of today leaves an expiry of yesterday to its late commit', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { ttlMs: minuteMs, counts: { requestCount: 5 } }))
    await fixture.advance(dayMs)
    await fixture.expire(name)
    await fixture.answer(record(fixture.id(), name))
    await fixture.answer({
      type: 'resetUsage',
      id: fixture.id(),
      subject: { kind: 'provider', name },
      actor: 'admin',
    })
    await fixture.answer(commit(id, { counts: { requestCount: 2 } }))
    assert.deepEqual(
      (await fixture.days(name)).map(day => day.requestCount),
      [0, 2],
    )
    assert.equal((await fixture.ledger(name)).filter(row => row.kind === 'call').length, 1)
  }),

  clockCase('each threshold alerts again in the next window', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    for (let day = 0; day < 2; day++) {
      await fixture.answer(record(fixture.id(), name, { counts: { requestCount: 8 } }))
      await fixture.answer(record(fixture.id(), name, { counts: { requestCount: 0 } }))
      await fixture.advance(dayMs)
    }
    const alerts = await fixture.alerts({ kind: 'provider', name })
    assert.deepEqual(
      alerts.map(alert => alert.thresholdPercent),
      [80, 80],
    )
    assert.equal((alerts[1]?.windowStartMs ?? 0) - (alerts[0]?.windowStartMs ?? 0), dayMs)
  }),

  clockCase('a vendor’s report of a window ends with the window', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { ttlMs: dayMs }))
    const spent = fixture.fact({ max: 10, remaining: 0 })
    await fixture.answer(observe(name, { facts: [spent] }))
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 1, observed: 9 })
    await fixture.advance(12 * hourMs)
    await fixture.expectLimit(name, 'requests/day', { used: 0 })
    // An answer to a call of the previous day reports nothing of today.
    await fixture.answer(observe(name, { reservationId: id, facts: [spent] }))
    await fixture.expectLimit(name, 'requests/day', { used: 0 })
  }),

  clockCase(
    'after a billing refusal one call is a trial, and the others wait for its answer',
    async fixture => {
      const name = await fixture.provider('a')
      const refusal = { scope: 'provider', model: '', kind: 'billing', untilMs: null } as const
      await fixture.answer(observe(name, { refusal }))
      await fixture.advance(hourMs)
      const trial = fixture.id()
      const others = [fixture.id(), fixture.id()]
      const answers = await Promise.all([trial, ...others].map(id => fixture.answer(reserve(id, name))))
      assert.deepEqual(
        answers.map(({ decision }) => decision),
        ['granted', 'denied', 'denied'],
      )
      assert.equal(
        (await fixture.answer(reserve(trial, name))).decision,
        'granted',
        'the same trial, repeated',
      )
      await fixture.advance(1)
      await fixture.answer(observe(name, { reservationId: trial, succeeded: true }))
      assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
    },
  ),

  clockCase('an unanswered trial does not bar its key for ever', async fixture => {
    const name = await fixture.provider('a')
    const refusal = { scope: 'provider', model: '', kind: 'bad_credential', untilMs: null } as const
    await fixture.answer(observe(name, { refusal }))
    await fixture.advance(hourMs)
    assert.equal((await fixture.answer(reserve(fixture.id(), name, { ttlMs: 1_000 }))).decision, 'granted')
    await fixture.advance(2 * hourMs - 1)
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'denied')
    await fixture.advance(1)
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
  }),

  clockCase('a cool-down ends by itself; without an instant, trials back off to a day', async fixture => {
    const name = await fixture.provider('a')
    const refusal = { scope: 'provider', model: '', kind: 'billing', untilMs: null } as const
    for (const expectedMs of [1, 2, 4, 8, 16, 24, 24].map(hours => hours * hourMs)) {
      const id = fixture.id()
      assert.equal((await fixture.answer(reserve(id, name))).decision, 'granted')
      await fixture.answer(observe(name, { reservationId: id, refusal }))
      await fixture.answer(commit(id, { counts: { requestCount: 0 }, outcome: 'refused' }))
      const denied = await fixture.answer(reserve(fixture.id(), name))
      assert.ok(denied.decision === 'denied')
      assert.equal(Date.parse(denied.retryAt ?? '') - (await fixture.nowMs()), expectedMs)
      await fixture.advance(expectedMs)
    }
    const id = fixture.id()
    await fixture.answer(reserve(id, name))
    await fixture.answer(observe(name, { reservationId: id, succeeded: true }))
    await fixture.answer(commit(id))
    await fixture.advance(1)
    const next = fixture.id()
    await fixture.answer(reserve(next, name))
    await fixture.answer(observe(name, { reservationId: next, refusal }))
    const untilMs = Date.parse((await fixture.stats(name)).availableAt ?? '')
    assert.equal(untilMs - (await fixture.nowMs()), hourMs, 'after a success the delay starts over')
  }),

  clockCase(
    'an expiry drains from a rolling limit since it was due, or since its counter moved',
    async fixture => {
      const name = await fixture.provider('a', { limits: [limit({ window: 'rolling-1h', max: 60 })] })
      const first = fixture.id()
      await fixture.answer(reserve(first, name, { counts: { requestCount: 30 }, ttlMs: minuteMs }))
      await fixture.advance(11 * minuteMs)
      // Ten minutes late with an unmoved counter: the same as expiring on time.
      await fixture.expire(name)
      await fixture.expectLimit(name, 'requests/rolling-1h', { used: 20 })
      await fixture.answer(reserve(fixture.id(), name, { counts: { requestCount: 30 }, ttlMs: minuteMs }))
      await fixture.advance(6 * minuteMs)
      await fixture.answer(record(fixture.id(), name, { counts: { requestCount: 6 } }))
      await fixture.expectLimit(name, 'requests/rolling-1h', { used: 20, held: 30 })
      await fixture.advance(10 * minuteMs)
      // It was still held when the counter moved, five minutes after it was due, so it drains from then.
      await fixture.expire(name)
      await fixture.expectLimit(name, 'requests/rolling-1h', { used: 40 })
    },
  ),

  clockCase('a late commit takes back no more than is left of the charge at expiry', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ window: 'rolling-1h', max: 60 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { counts: { requestCount: 30 }, ttlMs: minuteMs }))
    await fixture.advance(11 * minuteMs)
    await fixture.expire(name)
    await fixture.expectLimit(name, 'requests/rolling-1h', { used: 20 })
    await fixture.answer(commit(id, { counts: { requestCount: 10 } }))
    await fixture.expectLimit(name, 'requests/rolling-1h', { used: 10 })
  }),

  clockCase('an expiry is charged to the window of its reservation, however late it is', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { counts: { requestCount: 4 }, ttlMs: minuteMs }))
    await fixture.advance(dayMs)
    await fixture.answer(record(fixture.id(), name))
    await fixture.expire(name)
    await fixture.expectLimit(name, 'requests/day', { used: 1 })
    assert.deepEqual(
      (await fixture.days(name)).map(day => day.requestCount),
      [1, 4],
    )
  }),

  clockCase('a rolling limit refills continuously, and held units do not drain', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ window: 'rolling-1h', max: 60 })] })
    await fixture.answer(record(fixture.id(), name, { counts: { requestCount: 60 } }))
    await fixture.advance(10 * minuteMs)
    await fixture.expectLimit(name, 'requests/rolling-1h', { used: 50 })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { counts: { requestCount: 10 }, ttlMs: dayMs }))
    await fixture.advance(10 * minuteMs)
    await fixture.expectLimit(name, 'requests/rolling-1h', { used: 40, held: 10 })
    await fixture.answer(commit(id, { counts: { requestCount: 10 } }))
    await fixture.expectLimit(name, 'requests/rolling-1h', { used: 50 })
    const { resetsAt } = await fixture.limit(name, 'requests/rolling-1h')
    assert.equal(Date.parse(resetsAt ?? '') - (await fixture.nowMs()), 50 * minuteMs)
  }),
]
