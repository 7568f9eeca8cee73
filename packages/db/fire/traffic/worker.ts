// One process of the application: opens the store as an application would, and lets many callers use it.
import { setTimeout as pause } from 'node:timers/promises'
import { migrate, openDatabase, PostgresQuotaStore } from '@quotakeeper/db'
import { QuotaTracker } from '@quotakeeper/quota-core'
import { seededRandom, seedFor } from '../random.js'
import { serveOne } from './caller.js'
import { openJournal } from './journal-file.js'
import type { WorkerOptions } from './worker-options.js'

// Written by the runner that started this process, which knows the type.
const options = JSON.parse(process.argv[2] ?? '') as WorkerOptions
let isStopping = false
process.once('SIGTERM', () => {
  isStopping = true
})

const database = await openDatabase(options.url)
await migrate(database)
const store = new PostgresQuotaStore({ database })
const tracker = new QuotaTracker({ store })
const journal = openJournal(options.journalPath)

async function serve(caller: number): Promise<void> {
  const random = seededRandom(seedFor(options.seed, `caller ${caller}`))
  // Ends with SIGTERM; each turn is bounded by the patience of its calls.
  while (!isStopping) await serveOne({ caller, tracker, random, journal, maxVendorMs: options.maxVendorMs })
}

/** As an application does each second, more often: steps meet settlements, resets, kills and each other. */
async function expireNowAndThen(): Promise<void> {
  const random = seededRandom(seedFor(options.seed, 'expiry'))
  while (!isStopping) {
    await pause(random.between(20, 200))
    // The database may be away, as for any other call.
    await tracker.expireDue().catch(() => null)
  }
}

const expiry = expireNowAndThen()
const callers = Array.from({ length: options.callers }, (_, caller) => serve(caller))
process.stdout.write('serving\n')
await Promise.all([...callers, expiry])
await store.close()
await database.close()
process.stdout.write('done\n')
