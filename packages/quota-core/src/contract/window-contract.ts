import assert from 'node:assert/strict'
import { calendarInterval, dateAt } from '../domain/calendar.js'
import type { DayRule } from '../domain/day-rule.js'
import { commit, limit, record, reserve, upsertProvider } from './commands.js'
import { contractCase, roughClockCase, type StoreContractCase } from './contract-case.js'
import type { Fixture } from './fixture.js'

const dayMs = 86_400_000

const requests = (requestCount: number) => ({ counts: { requestCount } })

function ruleOf(fixture: Fixture, monthStartsOn = 1): DayRule {
  return { timeZone: fixture.timeZone, dayStartsAt: '00:00', monthStartsOn }
}

/** The day of the month, in the zone of the case. */
function dayOfMonth(fixture: Fixture, instantMs: number): number {
  return Number(dateAt(ruleOf(fixture), instantMs).slice(-2))
}

const total = limit({ window: 'total', max: 10 })

/** Weeks, months that begin on another day, and limits that never reset. */
export const windowCases: readonly StoreContractCase[] = [
  contractCase('a limit in total that is spent denies without a return', async fixture => {
    const name = await fixture.provider('a', { limits: [total, limit({ max: 100 })] })
    await fixture.answer(record(fixture.id(), name, requests(9)))
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
    const denied = await fixture.answer(reserve(fixture.id(), name))
    assert.ok(denied.decision === 'denied')
    const reasons = denied.reasons.map(({ limitId, code, retryAt }) => [limitId, code, retryAt])
    assert.deepEqual([reasons, denied.retryAt], [[['requests/total', 'exhausted', null]], null])
    await fixture.answer(record(fixture.id(), name))
    const { status, disabledBy, availableAt, limits } = await fixture.stats(name)
    assert.deepEqual([status, disabledBy, availableAt], ['disabled', 'quota', null])
    assert.deepEqual([limits[0]?.window, limits[0]?.resetsAt], ['total', null])
  }),

  roughClockCase('a limit in total goes on over days and months', async fixture => {
    const name = await fixture.provider('a', { limits: [total, limit({ max: 100 })] })
    const id = fixture.id()
    await fixture.answer(record(fixture.id(), name, requests(6)))
    await fixture.answer(reserve(id, name, { ...requests(2), ttlMs: dayMs }))
    await fixture.advance(40 * dayMs)
    await fixture.expectLimit(name, total.id, { used: 6, held: 2 })
    await fixture.answer(commit(id, requests(3)))
    await fixture.expectLimit(name, total.id, { used: 9 })
    await fixture.expectLimit(name, 'requests/day', { used: 0 })
    const alerts = await fixture.alerts({ kind: 'provider', name })
    assert.deepEqual(
      alerts.map(({ limitId, thresholdPercent, window }) => [limitId, thresholdPercent, window]),
      [
        ['requests/total', 80, 'total'],
        ['requests/total', 90, 'total'],
      ],
    )
  }),

  contractCase('a limit in total that is added starts from all that the ledger has', async fixture => {
    const name = await fixture.provider('a', { limits: [] })
    const nowMs = await fixture.nowMs()
    const before = { ...requests(4), occurredAtMs: nowMs - 80 * dayMs }
    await fixture.answer(record(fixture.id(), name, before))
    await fixture.answer(record(fixture.id(), name, requests(3)))
    await fixture.answer(reserve(fixture.id(), name, requests(2)))
    await fixture.provider('a', { limits: [total] })
    await fixture.expectLimit(name, total.id, { used: 7, held: 2 })
  }),

  contractCase('a reset takes the share of today from a limit in total', async fixture => {
    const name = await fixture.provider('a', { limits: [total] })
    const before = { ...requests(4), occurredAtMs: (await fixture.nowMs()) - 2 * dayMs }
    await fixture.answer(record(fixture.id(), name, before))
    await fixture.answer(record(fixture.id(), name, requests(5)))
    const subject = { kind: 'provider', name } as const
    await fixture.answer({ type: 'resetUsage', id: fixture.id(), subject, actor: 'admin' })
    await fixture.expectLimit(name, total.id, { used: 4 })
  }),

  contractCase('a week begins on Monday', async fixture => {
    const name = await fixture.provider('a')
    const nowMs = await fixture.nowMs()
    const { startMs, endMs } = calendarInterval('week', ruleOf(fixture), nowMs)
    for (const [count, occurredAtMs] of [
      [2, startMs - 1],
      [3, startMs],
      [4, nowMs],
    ] as const)
      await fixture.answer(record(fixture.id(), name, { ...requests(count), occurredAtMs }))
    const weekly = limit({ window: 'week', max: 10 })
    await fixture.provider('a', { limits: [weekly] })
    await fixture.expectLimit(name, weekly.id, { used: 7 })
    const denied = await fixture.answer(reserve(fixture.id(), name, requests(4)))
    assert.ok(denied.decision === 'denied')
    const ends = new Date(endMs).toISOString()
    assert.deepEqual([denied.retryAt, (await fixture.limit(name, weekly.id)).resetsAt], [ends, ends])
  }),

  roughClockCase('a week ends after seven days at most', async fixture => {
    const weekly = limit({ window: 'week', max: 10 })
    const name = await fixture.provider('a', { limits: [weekly] })
    await fixture.answer(record(fixture.id(), name, requests(10)))
    await fixture.advance(7 * dayMs)
    await fixture.expectLimit(name, weekly.id, { used: 0 })
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
  }),

  contractCase(
    'when its months begin on another day, a limit of a month starts from the ledger’s sum of that month',
    async fixture => {
      const nowMs = await fixture.nowMs()
      const [yesterday, today] = [dayOfMonth(fixture, nowMs - dayMs), dayOfMonth(fixture, nowMs)]
      const limits = [limit({ max: 5 }), limit({ window: 'month', max: 9 }), total]
      const name = await fixture.provider('a', { limits, monthStartsOn: yesterday })
      await fixture.answer(record(fixture.id(), name, { ...requests(3), occurredAtMs: nowMs - dayMs }))
      await fixture.answer(record(fixture.id(), name, requests(5)))
      await fixture.expectLimit(name, 'requests/month', { used: 8 })
      await fixture.answer(upsertProvider(name, { monthStartsOn: today }))
      await fixture.expectLimit(name, 'requests/month', { used: 5 })
      await fixture.expectLimit(name, 'requests/day', { used: 5 })
      await fixture.expectLimit(name, total.id, { used: 8 })
      const { startMs, endMs } = calendarInterval('month', ruleOf(fixture, today), nowMs)
      assert.equal(startMs, calendarInterval('day', ruleOf(fixture), nowMs).startMs)
      const { resetsAt } = await fixture.limit(name, 'requests/month')
      assert.equal(resetsAt, new Date(endMs).toISOString())
      // Only windows that moved alert again.
      const alerts = await fixture.alerts({ kind: 'provider', name })
      const count = (limitId: string) => alerts.filter(alert => alert.limitId === limitId).length
      assert.deepEqual(['requests/day', 'requests/total'].map(count), [3, 1])
    },
  ),

  contractCase('the start of months cannot change while calls are in flight', async fixture => {
    const pool = await fixture.pool('p', { limits: [limit({ window: 'month', max: 9 })] })
    const name = await fixture.provider('a', { pool, limits: [limit({ window: 'month', max: 9 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name))
    const refused = await fixture.refusal(upsertProvider(name, { monthStartsOn: 17 }), 'IN_USE')
    assert.equal(refused.field, 'monthStartsOn')
    await fixture.answer(commit(id))
    await fixture.pool('p', { monthStartsOn: 17 })
    await fixture.answer(upsertProvider(name, { monthStartsOn: 17 }))
    const { state } = await fixture.store.read({ type: 'snapshot', providerNames: [name] })
    for (const ref of [{ kind: 'pool', name: pool } as const, { kind: 'provider', name } as const])
      assert.equal(state.subject(ref)?.monthStartsOn, 17)
    await fixture.answer(upsertProvider(name, { priority: 3 }))
    const after = await fixture.store.read({ type: 'snapshot', providerNames: [name] })
    assert.equal(after.state.subject({ kind: 'provider', name })?.monthStartsOn, 17)
  }),
]
