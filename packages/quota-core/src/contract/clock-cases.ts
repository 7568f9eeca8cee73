import assert from 'node:assert/strict'
import { calendarInterval } from '../domain/calendar.js'
import { commit, limit, observe, record, reserve } from './asked.js'
import { clockCase, type StoreContractCase } from './contract-case.js'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** What only time can show. */
export const clockCases: readonly StoreContractCase[] = [
  clockCase('a new day begins at nothing, once, and the old row stays', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 5 })] })
    await scene.answer(record(scene.id(), name, { counts: { requestCount: 5 } }))
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'denied')
    await scene.advance(12 * hourMs)
    for (let times = 0; times < 3; times++) {
      await scene.answer(record(scene.id(), name))
      await scene.advance(minuteMs)
    }
    await scene.expectLimit(name, 'requests/day', { used: 3 })
    assert.deepEqual(
      (await scene.days(name)).map(day => day.requestCount),
      [3, 5],
    )
    assert.equal((await scene.stats(name)).requestCount, 3)
  }),

  clockCase('retryAt of a denial is the instant at which the request fits', async scene => {
    const limits = [
      limit({ max: 3 }),
      limit({ metric: 'characters', window: 'rolling-1h', max: 100 }),
      limit({ id: 'minutely', window: 'minute', max: 2 }),
    ]
    const name = await scene.provider('a', { limits })
    const ask = () => scene.answer(reserve(scene.id(), name, { counts: { characterCount: 40 } }))
    for (let round = 0; round < 4; round++) {
      const answer = await ask()
      if (answer.decision === 'granted') {
        await scene.answer(commit(answer.reservationId, { counts: { characterCount: 40 } }))
        continue
      }
      const waitMs = Date.parse(answer.retryAt ?? '') - (await scene.nowMs())
      assert.ok(waitMs > 1)
      await scene.advance(waitMs - 1)
      assert.equal((await ask()).decision, 'denied', 'one millisecond earlier')
      await scene.advance(1)
      const granted = await ask()
      assert.ok(granted.decision === 'granted')
      await scene.answer(commit(granted.reservationId, { counts: { characterCount: 40 } }))
    }
  }),

  clockCase('a reservation holds until it expires, to the millisecond', async scene => {
    const name = await scene.provider('a', { onExpiry: 'release', limits: [limit({ max: 1 })] })
    await scene.answer(reserve(scene.id(), name, { ttlMs: minuteMs }))
    await scene.advance(minuteMs - 1)
    await scene.expectLimit(name, 'requests/day', { used: 0, held: 1 })
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'denied')
    await scene.advance(1)
    await scene.expectLimit(name, 'requests/day', { used: 0, held: 1 })
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'granted')
    await scene.expectLimit(name, 'requests/day', { used: 0, held: 1 })
  }),

  clockCase('an extended reservation lives on', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, { ttlMs: minuteMs }))
    await scene.advance(minuteMs / 2)
    await scene.answer({ type: 'extend', reservationId: id, ttlMs: minuteMs })
    await scene.advance(minuteMs - 1)
    await scene.expire(name)
    await scene.expectLimit(name, 'requests/day', { used: 0, held: 1 })
    await scene.advance(1)
    await scene.expire(name)
    await scene.expectLimit(name, 'requests/day', { used: 1 })
  }),

  clockCase('a call is charged to the windows it was reserved in, where they still run', async scene => {
    const limits = [limit({ max: 10 }), limit({ window: 'month', max: 100 })]
    const name = await scene.provider('a', { limits })
    const nowMs = await scene.nowMs()
    const rule = { timeZone: scene.timeZone, dayStartsAt: '00:00' }
    const sameMonth =
      calendarInterval('month', rule, nowMs).endMs - calendarInterval('day', rule, nowMs).endMs >= dayMs
    const id = scene.id()
    await scene.answer(reserve(id, name, { ttlMs: dayMs }))
    await scene.advance(12 * hourMs)
    await scene.expectLimit(name, 'requests/day', { used: 0 })
    await scene.answer(commit(id, { counts: { requestCount: 2 } }))
    await scene.expectLimit(name, 'requests/day', { used: 0 })
    if (sameMonth) await scene.expectLimit(name, 'requests/month', { used: 2 })
    assert.deepEqual(
      (await scene.days(name)).map(day => [day.date, day.requestCount]),
      [[(await scene.attempt(name, id)).date, 2]],
    )
  }),

  clockCase('a reset of today leaves an expiry of yesterday to its late commit', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, { ttlMs: minuteMs, counts: { requestCount: 5 } }))
    await scene.advance(dayMs)
    await scene.expire(name)
    await scene.answer(record(scene.id(), name))
    await scene.answer({
      type: 'resetUsage',
      id: scene.id(),
      subject: { kind: 'provider', name },
      actor: 'admin',
    })
    await scene.answer(commit(id, { counts: { requestCount: 2 } }))
    assert.deepEqual(
      (await scene.days(name)).map(day => day.requestCount),
      [0, 2],
    )
    assert.equal((await scene.ledger(name)).filter(row => row.kind === 'call').length, 1)
  }),

  clockCase('each threshold alerts again in the next window', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    for (let day = 0; day < 2; day++) {
      await scene.answer(record(scene.id(), name, { counts: { requestCount: 8 } }))
      await scene.answer(record(scene.id(), name, { counts: { requestCount: 0 } }))
      await scene.advance(dayMs)
    }
    const alerts = await scene.alerts({ kind: 'provider', name })
    assert.deepEqual(
      alerts.map(alert => alert.thresholdPercent),
      [80, 80],
    )
    assert.equal((alerts[1]?.windowStartMs ?? 0) - (alerts[0]?.windowStartMs ?? 0), dayMs)
  }),

  clockCase('what a vendor said of a window ends with the window', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, { ttlMs: dayMs }))
    const spent = scene.fact({ max: 10, remaining: 0 })
    await scene.answer(observe(name, { facts: [spent] }))
    await scene.expectLimit(name, 'requests/day', { used: 0, held: 1, observed: 9 })
    await scene.advance(12 * hourMs)
    await scene.expectLimit(name, 'requests/day', { used: 0 })
    // An answer to a call of the day before says nothing of today.
    await scene.answer(observe(name, { reservationId: id, facts: [spent] }))
    await scene.expectLimit(name, 'requests/day', { used: 0 })
  }),

  clockCase(
    'of a key without money one call is a trial; the others wait for what it comes to',
    async scene => {
      const name = await scene.provider('a')
      const refusal = { scope: 'provider', model: '', kind: 'billing', untilMs: null } as const
      await scene.answer(observe(name, { refusal }))
      await scene.advance(hourMs)
      const trial = scene.id()
      const others = [scene.id(), scene.id()]
      const answers = await Promise.all([trial, ...others].map(id => scene.answer(reserve(id, name))))
      assert.deepEqual(
        answers.map(({ decision }) => decision),
        ['granted', 'denied', 'denied'],
      )
      assert.equal((await scene.answer(reserve(trial, name))).decision, 'granted', 'the same trial, repeated')
      await scene.advance(1)
      await scene.answer(observe(name, { reservationId: trial, succeeded: true }))
      assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'granted')
    },
  ),

  clockCase('a trial that is never answered does not bar its key for ever', async scene => {
    const name = await scene.provider('a')
    const refusal = { scope: 'provider', model: '', kind: 'bad_credential', untilMs: null } as const
    await scene.answer(observe(name, { refusal }))
    await scene.advance(hourMs)
    assert.equal((await scene.answer(reserve(scene.id(), name, { ttlMs: 1_000 }))).decision, 'granted')
    await scene.advance(2 * hourMs - 1)
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'denied')
    await scene.advance(1)
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'granted')
  }),

  clockCase('a cool-down ends by itself; without an instant, trials back off to a day', async scene => {
    const name = await scene.provider('a')
    const refusal = { scope: 'provider', model: '', kind: 'billing', untilMs: null } as const
    for (const expectedMs of [1, 2, 4, 8, 16, 24, 24].map(hours => hours * hourMs)) {
      const id = scene.id()
      assert.equal((await scene.answer(reserve(id, name))).decision, 'granted')
      await scene.answer(observe(name, { reservationId: id, refusal }))
      await scene.answer(commit(id, { counts: { requestCount: 0 }, outcome: 'refused' }))
      const denied = await scene.answer(reserve(scene.id(), name))
      assert.ok(denied.decision === 'denied')
      assert.equal(Date.parse(denied.retryAt ?? '') - (await scene.nowMs()), expectedMs)
      await scene.advance(expectedMs)
    }
    const id = scene.id()
    await scene.answer(reserve(id, name))
    await scene.answer(observe(name, { reservationId: id, succeeded: true }))
    await scene.answer(commit(id))
    await scene.advance(1)
    const next = scene.id()
    await scene.answer(reserve(next, name))
    await scene.answer(observe(name, { reservationId: next, refusal }))
    const untilMs = Date.parse((await scene.stats(name)).availableAt ?? '')
    assert.equal(untilMs - (await scene.nowMs()), hourMs, 'after a success it starts anew')
  }),

  clockCase(
    'a rolling charge of an expiry counts from when it was due, or its counter moved',
    async scene => {
      const name = await scene.provider('a', { limits: [limit({ window: 'rolling-1h', max: 60 })] })
      const first = scene.id()
      await scene.answer(reserve(first, name, { counts: { requestCount: 30 }, ttlMs: minuteMs }))
      await scene.advance(11 * minuteMs)
      // Ten minutes late, and nothing has moved the counter since: as if it had been noticed at once.
      await scene.expire(name)
      await scene.expectLimit(name, 'requests/rolling-1h', { used: 20 })
      await scene.answer(reserve(scene.id(), name, { counts: { requestCount: 30 }, ttlMs: minuteMs }))
      await scene.advance(6 * minuteMs)
      await scene.answer(record(scene.id(), name, { counts: { requestCount: 6 } }))
      await scene.expectLimit(name, 'requests/rolling-1h', { used: 20, held: 30 })
      await scene.advance(10 * minuteMs)
      // It was still held when the counter moved five minutes after it was due: it drains from there.
      await scene.expire(name)
      await scene.expectLimit(name, 'requests/rolling-1h', { used: 40 })
    },
  ),

  clockCase('a late commit gives back no more than is left of the charge of an expiry', async scene => {
    const name = await scene.provider('a', { limits: [limit({ window: 'rolling-1h', max: 60 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, { counts: { requestCount: 30 }, ttlMs: minuteMs }))
    await scene.advance(11 * minuteMs)
    await scene.expire(name)
    await scene.expectLimit(name, 'requests/rolling-1h', { used: 20 })
    await scene.answer(commit(id, { counts: { requestCount: 10 } }))
    await scene.expectLimit(name, 'requests/rolling-1h', { used: 10 })
  }),

  clockCase(
    'a charge of an expiry belongs to the window of its reservation, however late it is',
    async scene => {
      const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
      const id = scene.id()
      await scene.answer(reserve(id, name, { counts: { requestCount: 4 }, ttlMs: minuteMs }))
      await scene.advance(dayMs)
      await scene.answer(record(scene.id(), name))
      await scene.expire(name)
      await scene.expectLimit(name, 'requests/day', { used: 1 })
      assert.deepEqual(
        (await scene.days(name)).map(day => day.requestCount),
        [1, 4],
      )
    },
  ),

  clockCase('a rolling limit refills continuously, and never by what is held', async scene => {
    const name = await scene.provider('a', { limits: [limit({ window: 'rolling-1h', max: 60 })] })
    await scene.answer(record(scene.id(), name, { counts: { requestCount: 60 } }))
    await scene.advance(10 * minuteMs)
    await scene.expectLimit(name, 'requests/rolling-1h', { used: 50 })
    const id = scene.id()
    await scene.answer(reserve(id, name, { counts: { requestCount: 10 }, ttlMs: dayMs }))
    await scene.advance(10 * minuteMs)
    await scene.expectLimit(name, 'requests/rolling-1h', { used: 40, held: 10 })
    await scene.answer(commit(id, { counts: { requestCount: 10 } }))
    await scene.expectLimit(name, 'requests/rolling-1h', { used: 50 })
    const { resetsAt } = await scene.limit(name, 'requests/rolling-1h')
    assert.equal(Date.parse(resetsAt) - (await scene.nowMs()), 50 * minuteMs)
  }),
]
