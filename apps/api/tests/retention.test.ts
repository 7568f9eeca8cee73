import { type Database, migrate, openDatabase, PostgresQuotaStore } from '@quotakeeper/db'
import { QuotaTracker } from '@quotakeeper/quota-core'
import { createTestDatabase, testServers } from '@quotakeeper/test-kit'
import { describe, expect, it } from 'vitest'
import { startRetention } from '../src/lifecycle/retention.js'

const days = { ledgerDays: 90, hourlyDays: 400 }
const pauses = { firstMs: 1, idleMs: 60_000, busyMs: 1 }

/** A log that records its lines. */
function rememberingLog() {
  const lines: string[] = []
  const remember = (_details: object, text: string): void => void lines.push(text)
  return { lines, info: remember, warn: remember }
}

async function enterOldRow(database: Database): Promise<void> {
  const tracker = new QuotaTracker({ store: new PostgresQuotaStore({ database }) })
  await tracker.upsertProvider({ name: 'a', vendor: 'v', limits: [] })
  await tracker.recordUsage('a', { characterCount: 1 })
  const text =
    "update usage_attempt set occurred_at = 'yesterday'::timestamptz - interval '90 days', settled_at = 'yesterday'::timestamptz - interval '90 days'"
  await database.withSession(session => session.run([{ name: '', text, values: [] }]))
}

async function countRows(database: Database): Promise<unknown> {
  const text = 'select count(*)::int as count from usage_attempt'
  const [rows] = await database.withSession(session => session.run([{ name: '', text, values: [] }]))
  return rows?.[0]?.['count']
}

describe.each(testServers())('retention on $name', server => {
  it('removes old rows periodically until stopped', async () => {
    await using test = await createTestDatabase(server)
    const database = await openDatabase(test.url)
    await migrate(database)
    await enterOldRow(database)
    const log = rememberingLog()
    const retention = startRetention({ database, days, log, pauses })
    await expect.poll(() => countRows(database)).toBe(0)
    await expect.poll(() => log.lines).toEqual(['old rows were removed'])
    await retention.stop()
    await database.close()
  })

  it('logs failures and does not throw', async () => {
    await using test = await createTestDatabase(server)
    const database = await openDatabase(test.url)
    // Without tables, every turn fails.
    const log = rememberingLog()
    const retention = startRetention({ database, days, log, pauses: { ...pauses, idleMs: 1 } })
    await expect.poll(() => log.lines.length).toBeGreaterThan(1)
    await retention.stop()
    expect(new Set(log.lines)).toEqual(new Set(['old rows could not be removed; trying again later']))
    await database.close()
  })
})
