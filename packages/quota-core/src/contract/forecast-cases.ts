import assert from 'node:assert/strict'
import { intervalOfDate } from '../domain/calendar.js'
import { type HoursByProvider, hoursByProvider, withForecast } from '../forecast/with-forecast.js'
import { limit, record } from './asked.js'
import { contractCase, type StoreContractCase } from './contract-case.js'
import type { Scene } from './scene.js'

const hourMs = 3_600_000

async function recentHours(scene: Scene, providerName: string): Promise<HoursByProvider> {
  return hoursByProvider(await scene.store.read({ type: 'recentHours', providerNames: [providerName] }))
}

/** What forecasts go by. */
export const forecastCases: readonly StoreContractCase[] = [
  contractCase('the last hours are told by hour and model, those of a pool’s members too', async scene => {
    const pool = await scene.pool('p')
    const name = await scene.provider('a', { pool })
    const member = await scene.provider('b', { pool })
    await scene.provider('c')
    const nowMs = await scene.nowMs()
    const calls = [
      { model: 'x', consumer: 'red', occurredAtMs: nowMs, counts: { characterCount: 5 } },
      { model: 'x', consumer: 'blue', occurredAtMs: nowMs, counts: { characterCount: 7 } },
      { model: '', occurredAtMs: nowMs - hourMs },
      { model: 'x', occurredAtMs: nowMs - 3 * hourMs },
    ]
    for (const call of calls) await scene.answer(record(scene.id(), name, call))
    await scene.answer(record(scene.id(), member, { occurredAtMs: nowMs }))
    // The zone stands at half past twelve.
    const hourStartMs = Math.floor(nowMs / 60_000) * 60_000 - hourMs / 2
    const hours = await recentHours(scene, name)
    assert.deepEqual([...hours.keys()].sort(), [name, member].sort())
    const told = (hours.get(name) ?? []).map(hour => [
      hour.hourStartMs - hourStartMs,
      hour.model,
      hour.counts.requestCount,
      hour.counts.characterCount,
    ])
    const byHour = [...told].sort(([left = 0], [right = 0]) => Number(left) - Number(right))
    assert.deepEqual(byHour, [
      [-hourMs, '', 1, 0],
      [0, 'x', 2, 12],
    ])
  }),

  contractCase('a limit is forecast to run out at the pace of the last hour', async scene => {
    const daily = limit({ max: 1_000 })
    const name = await scene.provider('a', { limits: [daily] })
    await scene.answer(record(scene.id(), name, { counts: { requestCount: 500 } }))
    const [{ state, nowMs }, hours] = await Promise.all([
      scene.store.read({ type: 'snapshot', providerNames: [name] }),
      recentHours(scene, name),
    ])
    const stats = await scene.stats(name)
    const [forecast] = withForecast(stats, { state, nowMs, hours }).limits
    assert.equal(forecast?.exhaustsAt, new Date(nowMs + hourMs).toISOString())
    const rule = { timeZone: scene.timeZone, dayStartsAt: '00:00' }
    assert.ok(nowMs + hourMs < intervalOfDate(rule, stats.date).endMs)
  }),
]
