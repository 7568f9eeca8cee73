import assert from 'node:assert/strict'
import { limit, observe, record, reserve, upsertProvider } from './commands.js'
import { clockCase, contractCase, type StoreContractCase } from './contract-case.js'
import type { Fixture } from './fixture.js'

const requests = (count: number) => ({ counts: { requestCount: count } })

async function percents(fixture: Fixture, name: string): Promise<readonly number[]> {
  return (await fixture.alerts({ kind: 'provider', name })).map(alert => alert.thresholdPercent)
}

export const alertCases: readonly StoreContractCase[] = [
  contractCase('each threshold alerts once, at equality', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 100 })] })
    for (const count of [79, 1, 1, 1]) await fixture.answer(record(fixture.id(), name, requests(count)))
    assert.deepEqual(await percents(fixture, name), [80])
    await fixture.answer(record(fixture.id(), name, requests(8)))
    await fixture.answer(record(fixture.id(), name, requests(10)))
    await fixture.answer(record(fixture.id(), name, requests(10)))
    const alerts = await fixture.alerts({ kind: 'provider', name })
    assert.deepEqual(
      alerts.map(alert => [alert.thresholdPercent, alert.severity, alert.used, alert.max]),
      [
        [80, 'warning', 80, 100],
        [90, 'critical', 90, 100],
        [100, 'error', 100, 100],
      ],
    )
    const [first] = alerts
    assert.deepEqual(
      [first?.subject, first?.limitId, first?.model, first?.metric, first?.window],
      [{ kind: 'provider', name }, 'requests/day', '', 'requests', 'day'],
    )
  }),

  contractCase('a jump from 70 to 105 % raises all three alerts', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 100 })] })
    await fixture.answer(record(fixture.id(), name, requests(70)))
    assert.deepEqual(await percents(fixture, name), [])
    await fixture.answer(record(fixture.id(), name, requests(35)))
    assert.deepEqual(await percents(fixture, name), [80, 90, 100])
    assert.equal((await fixture.stats(name)).status, 'disabled')
  }),

  contractCase('the listener receives each alert once, as stored', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    await Promise.all(Array.from({ length: 12 }, () => fixture.answer(record(fixture.id(), name))))
    const subject = { kind: 'provider', name } as const
    const kept = (await fixture.alerts(subject)).map(({ id: _, ...alert }) => alert)
    assert.deepEqual(
      kept.map(({ thresholdPercent }) => thresholdPercent),
      [80, 90, 100],
    )
    assert.deepEqual(fixture.heardAlerts(subject), kept)
  }),

  contractCase('parallel records that cross a threshold alert once', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 100 })] })
    await Promise.all(Array.from({ length: 100 }, () => fixture.answer(record(fixture.id(), name))))
    assert.deepEqual(await percents(fixture, name), [80, 90, 100])
  }),

  contractCase('held units raise no alert; an expiry does', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 100 })] })
    await fixture.answer(reserve(fixture.id(), name, { ...requests(95), ttlMs: 0 }))
    assert.deepEqual(await percents(fixture, name), [])
    await fixture.expire(name)
    assert.deepEqual(await percents(fixture, name), [80, 90])
  }),

  contractCase('usage reported by a vendor raises alerts too', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 100 })] })
    const spent = fixture.fact({ max: 100, remaining: 15 })
    for (let times = 0; times < 2; times++) await fixture.answer(observe(name, { facts: [spent] }))
    assert.deepEqual(await percents(fixture, name), [80])
  }),

  contractCase('a raised max alerts again, and the same settings do not', async fixture => {
    const daily = limit({ max: 100 })
    const name = await fixture.provider('a', { limits: [daily] })
    await fixture.answer(record(fixture.id(), name, requests(80)))
    await fixture.provider('a', { limits: [daily] })
    await fixture.answer(upsertProvider(name, { priority: 5 }))
    assert.deepEqual(await percents(fixture, name), [80])
    await fixture.provider('a', { limits: [{ ...daily, max: 200 }] })
    assert.deepEqual(await percents(fixture, name), [80])
    await fixture.answer(record(fixture.id(), name, requests(80)))
    const alerts = await fixture.alerts({ kind: 'provider', name })
    assert.deepEqual(
      alerts.map(alert => [alert.thresholdPercent, alert.max]),
      [
        [80, 100],
        [80, 200],
      ],
    )
    assert.ok((alerts[1]?.limitVersion ?? 0) > (alerts[0]?.limitVersion ?? 0))
  }),

  contractCase('a lowered max alerts at once', async fixture => {
    const daily = limit({ max: 100 })
    const name = await fixture.provider('a', { limits: [daily] })
    await fixture.answer(record(fixture.id(), name, requests(50)))
    await fixture.provider('a', { limits: [{ ...daily, max: 60 }] })
    assert.deepEqual(await percents(fixture, name), [80])
  }),

  contractCase('a limit that is removed and added again restarts its alerts', async fixture => {
    const daily = limit({ max: 100 })
    const name = await fixture.provider('a', { limits: [daily] })
    await fixture.answer(record(fixture.id(), name, requests(80)))
    await fixture.provider('a', { limits: [] })
    await fixture.provider('a', { limits: [daily] })
    assert.deepEqual(await percents(fixture, name), [80, 80])
  }),

  contractCase('a time zone with the same days raises no second alert in the same window', async fixture => {
    const name = await fixture.provider('a', { timeZone: 'UTC', limits: [limit({ max: 100 })] })
    await fixture.answer(record(fixture.id(), name, requests(85)))
    // Iceland's days are those of UTC.
    await fixture.answer(upsertProvider(name, { timeZone: 'Atlantic/Reykjavik' }))
    const alerts = await fixture.alerts({ kind: 'provider', name })
    const keys = alerts.map(({ windowStartMs, thresholdPercent, limitVersion }) =>
      [windowStartMs, thresholdPercent, limitVersion].join(),
    )
    assert.equal(new Set(keys).size, keys.length)
  }),

  contractCase(
    'thresholds are those of the subject, and separate for each model of a limit per model',
    async fixture => {
      const each = limit({ max: 4, model: '*', per: 'model' })
      const name = await fixture.provider('a', { limits: [each], thresholdsPercent: [100, 50] })
      await fixture.answer(record(fixture.id(), name, { model: 'x', ...requests(2) }))
      await fixture.answer(record(fixture.id(), name, { model: 'y', ...requests(4) }))
      const alerts = await fixture.alerts({ kind: 'provider', name })
      assert.deepEqual(
        alerts.map(alert => [alert.model, alert.thresholdPercent]),
        [
          ['x', 50],
          ['y', 50],
          ['y', 100],
        ],
      )
    },
  ),

  contractCase('limits per minute, without a max or with a max of 0 raise no alert', async fixture => {
    const limits = [
      limit({ window: 'minute', max: 10 }),
      limit({ window: 'rolling-60s', max: 10 }),
      limit({ id: 'none', max: null }),
      limit({ id: 'nothing', max: 0 }),
      limit({ id: 'shadow', max: 10, mode: 'shadow' }),
    ]
    const name = await fixture.provider('a', { limits })
    await fixture.answer(record(fixture.id(), name, requests(20)))
    assert.deepEqual(await percents(fixture, name), [])
    assert.equal((await fixture.stats(name)).status, 'disabled', 'a max of 0 is always spent')
  }),

  contractCase('a pool alerts in its own name', async fixture => {
    const pool = await fixture.pool('p', { limits: [limit({ max: 10 })] })
    const first = await fixture.provider('a', { pool })
    const second = await fixture.provider('b', { pool })
    await fixture.answer(record(fixture.id(), first, requests(5)))
    await fixture.answer(record(fixture.id(), second, requests(4)))
    const alerts = await fixture.alerts({ kind: 'pool', name: pool })
    assert.deepEqual(
      alerts.map(alert => alert.thresholdPercent),
      [80, 90],
    )
    assert.deepEqual(await percents(fixture, second), [])
  }),

  clockCase('a billing or credential refusal raises one alert until the key works again', async fixture => {
    const name = await fixture.provider('a')
    const refusal = { scope: 'provider', model: '', kind: 'bad_credential', untilMs: null } as const
    const reported = async (): Promise<readonly string[]> =>
      (await fixture.alerts({ kind: 'provider', name })).map(alert => `${alert.kind} ${alert.severity}`)
    await fixture.answer(observe(name, { refusal }))
    await fixture.answer(observe(name, { refusal }))
    assert.deepEqual(await reported(), ['bad_credential error'])
    await fixture.advance(3_600_001)
    await fixture.answer(observe(name, { refusal }))
    assert.deepEqual(await reported(), ['bad_credential error'], 'a failed trial raises no second alert')
    await fixture.advance(1)
    await fixture.answer(observe(name, { succeeded: true }))
    await fixture.answer(observe(name, { refusal: { ...refusal, kind: 'billing' } }))
    await fixture.answer(
      observe(name, { refusal: { ...refusal, kind: 'rate_limit', untilMs: (await fixture.nowMs()) + 9 } }),
    )
    assert.deepEqual((await reported()).toSorted(), ['bad_credential error', 'billing error'])
  }),

  contractCase(
    'a vendor that suddenly counts far more than we do raises one alert per window',
    async fixture => {
      const name = await fixture.provider('a', { limits: [limit({ max: 1_000 })] })
      const reported = async (remaining: number): Promise<readonly string[]> => {
        await fixture.answer(observe(name, { facts: [fixture.fact({ max: 1_000, remaining })] }))
        const alerts = await fixture.alerts({ kind: 'provider', name })
        return alerts.map(({ kind, severity, used }) => `${kind} ${severity} ${used}`)
      }
      assert.deepEqual(await reported(700), [], 'usage before our first count raises no alert')
      assert.deepEqual(await reported(601), [], 'a small drift raises no alert')
      assert.deepEqual(await reported(500), ['drift warning 500'])
      assert.deepEqual(await reported(390), ['drift warning 500'])
      assert.deepEqual((await reported(190)).toSorted(), ['drift warning 500', 'threshold warning 810'])
    },
  ),
]
