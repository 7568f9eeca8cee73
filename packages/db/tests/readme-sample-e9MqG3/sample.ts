import assert from 'node:assert/strict'
import { migrate, openDatabase, PostgresQuotaStore } from '@quotakeeper/db'
import { QuotaTracker } from '@quotakeeper/quota-core'

const database = await openDatabase('pglite:memory')
await migrate(database)
const store = new PostgresQuotaStore({ database })
const tracker = new QuotaTracker({ store })

await tracker.upsertProvider({
  name: 'groq_1',
  vendor: 'groq',
  limits: [{ metric: 'characters', window: 'day', max: 14_400 }],
})
await tracker.recordUsage('groq_1', { characterCount: 1_000 })
assert.equal(await tracker.getRemainingPercentage('groq_1'), 13_400 / 14_400)

await store.close()
await database.close()
