import assert from 'node:assert/strict'
import { intervalOfDate } from '../domain/calendar.js'
import { type HoursByProvider, hoursByProvider, withForecast } from '../forecast/with-forecast.js'
import { limit, record } from './commands.js'
import { contractCase, type StoreContractCase } from './contract-case.js'
import type { Fixture } from './fixture.js'

const hourMs = 3_600_000

async function recentHours(fixture: Fixture, providerName: string): Promise<HoursByProvider> {
  return hoursByProvider(await fixture.store.read({ type: 'recentHours', providerNames: [providerName] }))
}

/** The inputs of forecasts. */
export const forecastCases: readonly StoreContractCase[] = [
  contractCase(
    'recent usage is reported by hour and model, including that of a pool’s members',
    async fixture => {
      const pool = await fixture.pool('p')
      const name = await fixture.provider('a', { pool })
      const member = await fixture.provider('b', { pool })
      await fixture.provider('c')
      const nowMs = await fixture.nowMs()
      const calls = [
        { model: 'x', consumer: 'red', occurredAtMs: nowMs, counts: { characterCount: 5 } },
        { model: 'x', consumer: 'blue', occurredAtMs: nowMs, counts: { characterCount: 7 } },
        { model: '', occurredAtMs: nowMs - hourMs },
        { model: 'x', occurredAtMs: nowMs - 3 * hourMs },
      ]
      for (const call of calls) await fixture.answer(record(fixture.id(), name, call))
      await fixture.answer(record(fixture.id(), member, { occurredAtMs: nowMs }))
      // It is 12:30 in the fixture's time zone.
      const hourStartMs = Math.floor(nowMs / 60_000) * 60_000 - hourMs / 2
      const hours = await recentHours(fixture, name)
      assert.deepEqual([...hours.keys()].sort(), [name, member].sort())
      const reported = (hours.get(name) ?? []).map(hour => [
        hour.hourStartMs - hourStartMs,
        hour.model,
        hour.counts.requestCount,
        hour.counts.characterCount,
      ])
      const byHour = [...reported].sort(([left = 0], [right = 0]) => Number(left) - Number(right))
      assert.deepEqual(byHour, [
        [-hourMs, '', 1, 0],
        [0, 'x', 2, 12],
      ])
    },
  ),

  contractCase('a limit is forecast to run out at the pace of the last hour', async fixture => {
    const daily = limit({ max: 1_000 })
    const name = await fixture.provider('a', { limits: [daily] })
    await fixture.answer(record(fixture.id(), name, { counts: { requestCount: 500 } }))
    const [{ state, nowMs }, hours] = await Promise.all([
      fixture.store.read({ type: 'snapshot', providerNames: [name] }),
      recentHours(fixture, name),
    ])
    const stats = await fixture.stats(name)
    const [forecast] = withForecast(stats, { state, nowMs, hours }).limits
    assert.equal(forecast?.exhaustsAt, new Date(nowMs + hourMs).toISOString())
    const rule = { timeZone: fixture.timeZone, dayStartsAt: '00:00', monthStartsOn: 1 }
    assert.ok(nowMs + hourMs < intervalOfDate(rule, stats.date).endMs)
  }),
]
