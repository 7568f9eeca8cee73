import { examineStore, MemoryQuotaStore, QuotaTracker } from '@quotakeeper/quota-core'
import { expect, it } from 'vitest'
import { kinds, team } from './random/random-run.js'

const dayMs = 86_400_000
const absent = { timeZone: undefined, dayStartsAt: undefined, thresholdsPercent: undefined } as const
const template = { model: null, per: null, mode: 'enforce', countsCached: true, metric: 'requests' } as const
const daily = { ...template, id: 'day', window: 'day', max: 10 } as const
const monthly = { ...template, id: 'month', window: 'month', max: 10 } as const

it('books are examined at a subject’s own time: a limit was added to it before the clock was set back by a day', async () => {
  const startMs = Date.UTC(2026, 10, 25, 12)
  let clockMs = startMs
  const store = new MemoryQuotaStore({ now: () => clockMs, kinds })
  const tracker = new QuotaTracker({ store })
  const setLimits = async (limits: readonly (typeof daily | typeof monthly)[]) => {
    const actor = { actor: 'admin', managedBy: 'api' } as const
    const [outcome] = await store.execute([
      { type: 'upsertSubject', kind: team, name: 'all', parent: null, limits, ...absent, ...actor },
    ])
    expect(outcome).toMatchObject({ ok: true })
  }
  await setLimits([daily, monthly])
  await tracker.upsertProvider({ name: 'a', vendor: 'v' })
  const answer = await tracker.reserve({ providerName: 'a', consumer: 'all', ttlSeconds: 86_400 })
  expect(answer).toMatchObject({ decision: 'granted' })
  clockMs = startMs + dayMs
  await setLimits([monthly])
  await setLimits([daily, monthly])
  clockMs = startMs
  expect(await examineStore(store, null)).toEqual([])
})
