import { randomUUID } from 'node:crypto'
import {
  type Attempt,
  BySubject,
  type Change,
  type Counter,
  noCounts,
  providerRef,
  type UsageDelta,
} from '@quotakeeper/quota-core'
import type { Database } from '../database/database.js'
import { writeStatements } from './batch/write-changes.js'
import { DatabaseFailure, toStoreError, withCheckedSession } from './failures.js'
import { begin, rollback } from './statements/transaction.js'

/**
 * Writes what a call writes, and rolls it back.
 * @throws QuotaError STORE_UNAVAILABLE where the database takes no writes.
 */
export async function tryWrite(database: Database): Promise<void> {
  const writes = writeStatements(trialChanges(), { subjects: [], ids: new BySubject() }, () => false)
  try {
    await withCheckedSession(database, session => session.run([begin, ...writes, rollback]))
  } catch (error) {
    throw error instanceof DatabaseFailure ? toStoreError(error) : error
  }
}

/** Of a random provider: two processes that try at once must not wait for each other. */
function trialChanges(): readonly Change[] {
  const id = randomUUID()
  const date = '2000-01-01'
  const attempt: Attempt = {
    id,
    kind: 'call',
    requestId: '',
    subjects: [],
    providerName: id,
    poolName: null,
    model: '',
    consumer: '',
    endUser: '',
    state: 'pending',
    reserved: noCounts,
    charged: noCounts,
    estimated: false,
    outcome: null,
    occurredAtMs: 0,
    date,
    expiresAtMs: 0,
    settledAtMs: null,
    requestHash: '',
    settleHash: null,
    metadata: {},
  }
  const counter: Counter = {
    subject: providerRef(id),
    limitId: '',
    model: '',
    windowStartMs: 0,
    used: 0,
    level: 0n,
    held: 0,
    observed: 0,
    atMs: 0,
    alertedPercents: [],
    reported: null,
  }
  const usage: UsageDelta = {
    providerName: id,
    date,
    hourStartMs: 0,
    model: '',
    consumer: '',
    counts: noCounts,
  }
  return [
    { table: 'attempt', row: attempt },
    { table: 'counter', row: counter },
    { table: 'usage', row: usage },
  ]
}
