import assert from 'node:assert/strict'
import { limit, observe, record, reserve, upsertProvider } from './asked.js'
import { clockCase, contractCase, type StoreContractCase } from './contract-case.js'
import type { Scene } from './scene.js'

const requests = (count: number) => ({ counts: { requestCount: count } })

async function percents(scene: Scene, name: string): Promise<readonly number[]> {
  return (await scene.alerts({ kind: 'provider', name })).map(alert => alert.thresholdPercent)
}

/** Alerts. */
export const alertCases: readonly StoreContractCase[] = [
  contractCase('each threshold alerts once, at equality', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 100 })] })
    for (const count of [79, 1, 1, 1]) await scene.answer(record(scene.id(), name, requests(count)))
    assert.deepEqual(await percents(scene, name), [80])
    await scene.answer(record(scene.id(), name, requests(8)))
    await scene.answer(record(scene.id(), name, requests(10)))
    await scene.answer(record(scene.id(), name, requests(10)))
    const alerts = await scene.alerts({ kind: 'provider', name })
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

  contractCase('a jump from 70 to 105 % makes all three', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 100 })] })
    await scene.answer(record(scene.id(), name, requests(70)))
    assert.deepEqual(await percents(scene, name), [])
    await scene.answer(record(scene.id(), name, requests(35)))
    assert.deepEqual(await percents(scene, name), [80, 90, 100])
    assert.equal((await scene.stats(name)).status, 'disabled')
  }),

  contractCase('the listener hears each alert once, as it is kept', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    await Promise.all(Array.from({ length: 12 }, () => scene.answer(record(scene.id(), name))))
    const subject = { kind: 'provider', name } as const
    const kept = (await scene.alerts(subject)).map(({ id: _, ...alert }) => alert)
    assert.deepEqual(
      kept.map(({ thresholdPercent }) => thresholdPercent),
      [80, 90, 100],
    )
    assert.deepEqual(scene.heardAlerts(subject), kept)
  }),

  contractCase('parallel records that cross a threshold alert once', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 100 })] })
    await Promise.all(Array.from({ length: 100 }, () => scene.answer(record(scene.id(), name))))
    assert.deepEqual(await percents(scene, name), [80, 90, 100])
  }),

  contractCase('what is only held does not alert; an expiry does', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 100 })] })
    await scene.answer(reserve(scene.id(), name, { ...requests(95), ttlMs: 0 }))
    assert.deepEqual(await percents(scene, name), [])
    await scene.expire(name)
    assert.deepEqual(await percents(scene, name), [80, 90])
  }),

  contractCase('what a vendor says alerts as well', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 100 })] })
    const spent = scene.fact({ max: 100, remaining: 15 })
    for (let times = 0; times < 2; times++) await scene.answer(observe(name, { facts: [spent] }))
    assert.deepEqual(await percents(scene, name), [80])
  }),

  contractCase('a raised max alerts again, and the same settings do not', async scene => {
    const daily = limit({ max: 100 })
    const name = await scene.provider('a', { limits: [daily] })
    await scene.answer(record(scene.id(), name, requests(80)))
    await scene.provider('a', { limits: [daily] })
    await scene.answer(upsertProvider(name, { priority: 5 }))
    assert.deepEqual(await percents(scene, name), [80])
    await scene.provider('a', { limits: [{ ...daily, max: 200 }] })
    assert.deepEqual(await percents(scene, name), [80])
    await scene.answer(record(scene.id(), name, requests(80)))
    const alerts = await scene.alerts({ kind: 'provider', name })
    assert.deepEqual(
      alerts.map(alert => [alert.thresholdPercent, alert.max]),
      [
        [80, 100],
        [80, 200],
      ],
    )
    assert.ok((alerts[1]?.limitVersion ?? 0) > (alerts[0]?.limitVersion ?? 0))
  }),

  contractCase('a lowered max alerts at once', async scene => {
    const daily = limit({ max: 100 })
    const name = await scene.provider('a', { limits: [daily] })
    await scene.answer(record(scene.id(), name, requests(50)))
    await scene.provider('a', { limits: [{ ...daily, max: 60 }] })
    assert.deepEqual(await percents(scene, name), [80])
  }),

  contractCase('a limit that is taken away and put back alerts anew', async scene => {
    const daily = limit({ max: 100 })
    const name = await scene.provider('a', { limits: [daily] })
    await scene.answer(record(scene.id(), name, requests(80)))
    await scene.provider('a', { limits: [] })
    await scene.provider('a', { limits: [daily] })
    assert.deepEqual(await percents(scene, name), [80, 80])
  }),

  contractCase('a zone of the same days brings no second alert of the same window', async scene => {
    const name = await scene.provider('a', { timeZone: 'UTC', limits: [limit({ max: 100 })] })
    await scene.answer(record(scene.id(), name, requests(85)))
    // Iceland's days are those of UTC.
    await scene.answer(upsertProvider(name, { timeZone: 'Atlantic/Reykjavik' }))
    const alerts = await scene.alerts({ kind: 'provider', name })
    const keys = alerts.map(({ windowStartMs, thresholdPercent, limitVersion }) =>
      [windowStartMs, thresholdPercent, limitVersion].join(),
    )
    assert.equal(new Set(keys).size, keys.length)
  }),

  contractCase('thresholds are those of the subject, each model apart where limits are', async scene => {
    const each = limit({ max: 4, model: '*', per: 'model' })
    const name = await scene.provider('a', { limits: [each], thresholdsPercent: [100, 50] })
    await scene.answer(record(scene.id(), name, { model: 'x', ...requests(2) }))
    await scene.answer(record(scene.id(), name, { model: 'y', ...requests(4) }))
    const alerts = await scene.alerts({ kind: 'provider', name })
    assert.deepEqual(
      alerts.map(alert => [alert.model, alert.thresholdPercent]),
      [
        ['x', 50],
        ['y', 50],
        ['y', 100],
      ],
    )
  }),

  contractCase('minutes, maxima of none and of nothing do not alert', async scene => {
    const limits = [
      limit({ window: 'minute', max: 10 }),
      limit({ window: 'rolling-60s', max: 10 }),
      limit({ id: 'none', max: null }),
      limit({ id: 'nothing', max: 0 }),
      limit({ id: 'shadow', max: 10, mode: 'shadow' }),
    ]
    const name = await scene.provider('a', { limits })
    await scene.answer(record(scene.id(), name, requests(20)))
    assert.deepEqual(await percents(scene, name), [])
    assert.equal((await scene.stats(name)).status, 'disabled', 'a max of 0 is always spent')
  }),

  contractCase('a pool alerts in its own name', async scene => {
    const pool = await scene.pool('p', { limits: [limit({ max: 10 })] })
    const first = await scene.provider('a', { pool })
    const second = await scene.provider('b', { pool })
    await scene.answer(record(scene.id(), first, requests(5)))
    await scene.answer(record(scene.id(), second, requests(4)))
    const alerts = await scene.alerts({ kind: 'pool', name: pool })
    assert.deepEqual(
      alerts.map(alert => alert.thresholdPercent),
      [80, 90],
    )
    assert.deepEqual(await percents(scene, second), [])
  }),

  clockCase(
    'a key that its vendor refuses until somebody acts is told of once, until it is fine again',
    async scene => {
      const name = await scene.provider('a')
      const refusal = { scope: 'provider', model: '', kind: 'bad_credential', untilMs: null } as const
      const told = async (): Promise<readonly string[]> =>
        (await scene.alerts({ kind: 'provider', name })).map(alert => `${alert.kind} ${alert.severity}`)
      await scene.answer(observe(name, { refusal }))
      await scene.answer(observe(name, { refusal }))
      assert.deepEqual(await told(), ['bad_credential error'])
      await scene.advance(3_600_001)
      await scene.answer(observe(name, { refusal }))
      assert.deepEqual(await told(), ['bad_credential error'], 'a trial that fails again is no news')
      await scene.advance(1)
      await scene.answer(observe(name, { succeeded: true }))
      await scene.answer(observe(name, { refusal: { ...refusal, kind: 'billing' } }))
      await scene.answer(
        observe(name, { refusal: { ...refusal, kind: 'rate_limit', untilMs: (await scene.nowMs()) + 9 } }),
      )
      assert.deepEqual((await told()).toSorted(), ['bad_credential error', 'billing error'])
    },
  ),

  contractCase(
    'a vendor that suddenly counts far more than we do is told of, once in a window',
    async scene => {
      const name = await scene.provider('a', { limits: [limit({ max: 1_000 })] })
      const told = async (remaining: number): Promise<readonly string[]> => {
        await scene.answer(observe(name, { facts: [scene.fact({ max: 1_000, remaining })] }))
        const alerts = await scene.alerts({ kind: 'provider', name })
        return alerts.map(({ kind, severity, used }) => `${kind} ${severity} ${used}`)
      }
      assert.deepEqual(await told(700), [], 'what was before we counted is no news')
      assert.deepEqual(await told(601), [], 'a little is no news')
      assert.deepEqual(await told(500), ['drift warning 500'])
      assert.deepEqual(await told(390), ['drift warning 500'])
      assert.deepEqual((await told(190)).toSorted(), ['drift warning 500', 'threshold warning 810'])
    },
  ),
]
