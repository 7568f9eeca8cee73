import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'
import { expect, test } from 'vitest'
import { examineFixture } from '../fixture/examine-fixture.js'
import { readJournals } from '../fixture/journals.js'
import { type Fixture, openFixture } from '../fixture/open-fixture.js'
import { figuresOf, isLate, report } from '../fixture/report.js'
import type { WorkerProcess } from '../fixture/worker-process.js'
import { loadMs } from '../settings.js'
import { until } from '../until.js'

/** idle_in_transaction_session_timeout of 2 s, one retry, and a busy machine. */
const longestBlockMs = 4_000
/** Longer than that timeout, and than any reservation lives. */
const pausedMs = 4_500

test('a worker that is paused in mid-batch blocks the others for 2 s, and may commit late when it wakes', async () => {
  await using fixture = await openFixture('paused worker')
  const others = await fixture.startWorkers(2)
  const sleeper = await fixture.startWorker({ applicationName: 'sleeper' })
  await pause(loadMs / 2)
  const tries = await pauseInTransaction(fixture, sleeper)
  await pause(pausedMs)
  const freed = await fixture.connectSql()
  const openWhilePaused = await openTransactionsOf(freed)
  await freed.end()
  sleeper.wake()
  await pause(loadMs / 2)
  await Promise.all([...others, sleeper].map(worker => worker.finish()))

  const examination = await examineFixture(fixture)
  const figures = figuresOf(examination)
  const blocked = await readJournals(others.map(({ journalPath }) => journalPath))
  const longestBlocked = figuresOf({ ...examination, journals: blocked }).longestCallMs
  const own = await readJournals([sleeper.journalPath])
  const late = examination.ledger.filter(attempt => own.histories.has(attempt.id) && isLate(attempt)).length
  const more = { 'tries until in mid-batch': tries, 'others waited at most': longestBlocked }
  report(fixture.name, figures, { ...more, 'late by who was paused': late })
  expect(examination.faults).toEqual([])
  expect(openWhilePaused).toBe(0)
  expect(late).toBeGreaterThan(0)
  expect(longestBlocked).toBeLessThan(longestBlockMs)
})

/** Pauses the worker at a moment at which it holds locks: it takes some tries to hit one. */
async function pauseInTransaction(fixture: Fixture, worker: WorkerProcess): Promise<number> {
  await using sql = await fixture.connectSql()
  let tries = 0
  await until(
    async () => {
      tries++
      worker.pause()
      // What it has sent already is answered first: only then it is clear whether it holds locks.
      await until(async () => ((await activeOf(sql)) === 0 ? true : null), {
        timeoutMs: 5_000,
        what: 'the end of what the worker has sent',
      })
      if ((await openTransactionsOf(sql)) > 0) return true
      worker.wake()
      return null
    },
    { timeoutMs: 30_000, what: 'a pause in mid-batch' },
  )
  return tries
}

function activeOf(sql: Client): Promise<number> {
  return countOf(sql, `state = 'active'`)
}

function openTransactionsOf(sql: Client): Promise<number> {
  return countOf(sql, `state like 'idle in transaction%'`)
}

async function countOf(sql: Client, condition: string): Promise<number> {
  const text = `select count(*) from pg_stat_activity where application_name = 'sleeper' and ${condition}`
  const { rows } = await sql.query<{ count: string }>(text)
  return Number(rows[0]?.count)
}
