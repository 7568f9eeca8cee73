// One process of an application: many callers that reserve and commit, and write each answer to a journal
// immediately. Usage: node worker.mjs DATABASE_URL JOURNAL CALLERS; SIGTERM lets the callers finish.
import { randomUUID } from 'node:crypto'
import { openSync, writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase, PostgresQuotaStore } from '@quotakeeper/db'
import { QuotaError, QuotaTracker } from '@quotakeeper/quota-core'

const [url = '', journalPath = '', callers = '1'] = process.argv.slice(2)
const giveUpAfterMs = 60_000
const pauseMs = 50

let isStopping = false
process.once('SIGTERM', () => {
  isStopping = true
})

const database = await openDatabase(url)
const store = new PostgresQuotaStore({ database })
const tracker = new QuotaTracker({ store })
const journal = openSync(journalPath, 'a')

/** Written before the next step, so that no answer is lost. @param {object} entry */
function note(entry) {
  writeSync(journal, `${JSON.stringify({ ...entry, atMs: Date.now() })}\n`)
}

/**
 * Repeats the same call while the store is unavailable.
 *
 * @template T
 * @param {() => Promise<T>} call
 * @returns {Promise<T>}
 */
async function untilAnswered(call) {
  const deadlineMs = performance.now() + giveUpAfterMs
  for (;;) {
    try {
      return await call()
    } catch (error) {
      const mayCome = error instanceof QuotaError && error.isRetryable && performance.now() < deadlineMs
      if (!mayCome) throw error
      note({ step: 'unavailable' })
    }
    await pause(pauseMs)
  }
}

async function serve() {
  for (let turn = 0; !isStopping; turn++) {
    const id = randomUUID()
    const providerName = turn % 4 === 0 ? 'scarce' : 'plenty'
    const answer = await untilAnswered(() => tracker.reserve({ id, providerName, ttlSeconds: 600 }))
    note({ step: answer.decision, id })
    if (answer.decision === 'denied') continue
    await pause(5)
    await untilAnswered(() => tracker.commit({ reservationId: id }))
    note({ step: 'committed', id })
  }
}

process.stdout.write('serving\n')
await Promise.all(Array.from({ length: Number(callers) }, serve))
await store.close()
await database.close()
