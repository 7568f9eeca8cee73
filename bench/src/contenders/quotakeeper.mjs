import { migrate, openDatabase, PostgresQuotaStore } from '@quotakeeper/db'
import { QuotaTracker } from '@quotakeeper/quota-core'
import { plenty } from './contender.mjs'

/**
 * On a server (`postgres://…`), or on the default of `start` (`embedded:DIR`): PostgreSQL as a child process
 * with a small configuration.
 * @param {string} url @returns {import('./contender.mjs').Contender}
 */
export function quotakeeper(url) {
  return {
    name: url.startsWith('embedded:') ? 'Quotakeeper, embedded' : 'Quotakeeper, PostgreSQL',
    isDurable: true,
    open: async keys => {
      const database = await openDatabase(url)
      await migrate(database)
      const store = new PostgresQuotaStore({ database })
      const tracker = new QuotaTracker({ store })
      for (let key = 0; key < keys; key++) {
        const limits = /** @type {const} */ ([{ metric: 'requests', window: 'day', max: plenty }])
        await tracker.upsertProvider({ name: `key_${key}`, vendor: 'custom', limits })
      }
      return {
        call: async key => {
          const answer = await tracker.reserve({ providerName: `key_${key}` })
          if (answer.decision !== 'granted') throw new Error('a call was refused that had room')
        },
        close: async () => {
          await store.close()
          await database.close()
        },
      }
    },
  }
}
