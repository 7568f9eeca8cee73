import { expect, test } from 'vitest'
import { maxConsumersOfPage } from '../input/consumer-list-input.js'
import { MemoryQuotaStore } from '../memory/memory-quota-store.js'
import { QuotaTracker } from './quota-tracker.js'

test('consumers are listed in bounded pages', async () => {
  const store = new MemoryQuotaStore({ now: () => Date.UTC(2026, 10, 25, 12) })
  const { consumers } = new QuotaTracker({ store })
  for (const name of ['a', 'b', 'c']) await consumers.upsert({ name })
  const first = await consumers.list({ pageSize: 2 })
  expect(first.rows.map(({ name }) => name)).toEqual(['a', 'b'])
  const second = await consumers.list({ pageSize: 2, cursor: first.nextCursor ?? '' })
  expect([second.rows.map(({ name }) => name), second.nextCursor]).toEqual([['c'], null])
  expect((await consumers.list()).rows).toHaveLength(3)
  for (const pageSize of [0, 1.5, maxConsumersOfPage + 1])
    await expect(consumers.list({ pageSize })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'pageSize',
    })
})
