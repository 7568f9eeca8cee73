import { describe, it } from 'vitest'
import { MemoryQuotaStore } from '../memory/memory-quota-store.js'
import { quotaStoreContract } from './index.js'

describe('MemoryQuotaStore keeps the store contract', () => {
  for (const { name, run } of quotaStoreContract) {
    it(name, async () => {
      let nowMs = Date.UTC(2026, 10, 25, 9, 41, 7, 123)
      const store = new MemoryQuotaStore({ now: () => nowMs })
      await run({
        store,
        scope: 'memory',
        advance: ms => {
          nowMs += ms
        },
      })
      await store.close()
    })
  }
})
