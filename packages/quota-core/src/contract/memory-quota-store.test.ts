import { describe, it } from 'vitest'
import type { Alert } from '../domain/alert.js'
import { MemoryQuotaStore } from '../memory/memory-quota-store.js'
import { quotaStoreContract } from './index.js'

describe('MemoryQuotaStore keeps the store contract', () => {
  for (const { name, run } of quotaStoreContract.filter(({ needsBeside }) => !needsBeside)) {
    it(name, async () => {
      let nowMs = Date.UTC(2026, 10, 25, 9, 41, 7, 123)
      const heardAlerts: Alert[] = []
      const listener = { onAlert: (alert: Alert) => void heardAlerts.push(alert) }
      const store = new MemoryQuotaStore({ now: () => nowMs, listener })
      await run({
        store,
        scope: 'memory',
        heardAlerts,
        advance: ms => {
          nowMs += ms
        },
      })
      await store.close()
    })
  }
})
