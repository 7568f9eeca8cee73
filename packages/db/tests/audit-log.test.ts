import { QuotaTracker } from '@quotakeeper/quota-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AuditLog, type Database, PostgresQuotaStore } from '../src/index.js'
import { engines, openMigrated } from './engines.js'

describe.each(engines())('the audit log on $name', engine => {
  let database: Database & AsyncDisposable
  let log: AuditLog

  beforeAll(async () => {
    database = await openMigrated(engine)
    log = new AuditLog(database)
    const store = new PostgresQuotaStore({ database })
    const tracker = new QuotaTracker({ store })
    const limits = [{ metric: 'requests', window: 'day', max: 5 }] as const
    await tracker.upsertPool({ name: 'p', limits: [...limits], onlyIf: 'absent' })
    for (const name of ['a', 'b'])
      await tracker.upsertProvider({ name, vendor: 'custom', limits: [...limits] })
    await tracker.upsertProvider({ name: 'a', limits: [{ ...limits[0], max: 9 }], onlyIf: 'exists' })
    await tracker.upsertProvider({ name: 'a', limits: [{ ...limits[0], max: 9 }] })
    await tracker.recordUsage('a')
    await tracker.resetDailyUsage('a')
    await store.close()
  })

  afterAll(() => database[Symbol.asyncDispose]())

  test('tells who has changed what, the newest first; what changed nothing is not in it', async () => {
    const { rows, nextCursor } = await log.page({ subject: null, cursor: null, pageSize: 100 })
    expect(
      rows.map(({ action, subject, actor }) => `${actor} ${action} ${subject.kind} ${subject.name}`),
    ).toEqual([
      'application usage.reset provider a',
      'application providers.upsert provider a',
      'application providers.upsert provider b',
      'application providers.upsert provider a',
      'application pools.upsert pool p',
    ])
    expect(rows[1]?.details).toMatchObject({ limits: [{ max: 9 }] })
    // What a change requires is none of its settings.
    for (const { details } of rows) expect(details).not.toHaveProperty('onlyIf')
    expect(nextCursor).toBeNull()
  })

  test('may be read of one subject, page by page', async () => {
    const subject = { kind: 'provider', name: 'a' } as const
    const first = await log.page({ subject, cursor: null, pageSize: 2 })
    const second = await log.page({ subject, cursor: first.nextCursor, pageSize: 2 })
    expect([...first.rows, ...second.rows].map(({ action }) => action)).toEqual([
      'usage.reset',
      'providers.upsert',
      'providers.upsert',
    ])
    expect(second.nextCursor).toBeNull()
    await expect(log.page({ subject, cursor: 'x', pageSize: 2 })).rejects.toMatchObject({ field: 'cursor' })
  })
})
