import { examineStore, MemoryQuotaStore, QuotaTracker } from '@quotakeeper/quota-core'
import { expect, it } from 'vitest'

const dayMs = 86_400_000
const template = { model: null, per: null, mode: 'enforce', countsCached: true, metric: 'requests' } as const
const daily = { ...template, id: 'day', window: 'day', max: 10 } as const
const monthly = { ...template, id: 'month', window: 'month', max: 10 } as const

it('books are examined at a subject’s own time: a limit was added to it before the clock was set back by a day', async () => {
  const startMs = Date.UTC(2026, 10, 25, 12)
  let clockMs = startMs
  const store = new MemoryQuotaStore({ now: () => clockMs })
  const tracker = new QuotaTracker({ store })
  const setLimits = (limits: readonly (typeof daily | typeof monthly)[]) =>
    tracker.consumers.upsert({ name: 'all', limits })
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
