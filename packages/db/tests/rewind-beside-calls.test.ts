import { examineStore, QuotaService, QuotaTracker } from '@quotakeeper/quota-core'
import { createTestDatabase, shiftedClock } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { migrate, openDatabase, PostgresQuotaStore } from '../src/index.js'

const hourMs = 3_600_000
/** More than two steps take. */
const releasedAhead = 2_300

async function openProcess(url: string) {
  const database = await openDatabase(url)
  const store = new PostgresQuotaStore({ database })
  const close = async (): Promise<void> => {
    await store.close()
    await database.close()
  }
  return { database, store, tracker: new QuotaTracker({ store }), close }
}

test('a clock is rewound in steps while two processes go on calling: each call counts once, and time goes on from there', async () => {
  await using created = await createTestDatabase()
  for (const statement of shiftedClock.setUp) await created.execute(statement)
  const name = new URL(created.url).pathname.slice(1)
  await created.execute(`alter database "${name}" set search_path = ${shiftedClock.searchPath}`)
  const processes = [await openProcess(created.url), await openProcess(created.url)] as const
  const [one, two] = processes
  try {
    await migrate(one.database)
    const limits = [{ metric: 'requests', window: 'month', max: 1_000_000 }] as const
    await one.tracker.upsertPool({ name: 'p', limits })
    for (const provider of ['a', 'b'])
      await one.tracker.upsertProvider({ name: provider, vendor: 'v', pool: 'p', limits })
    await created.execute(shiftedClock.move(hourMs))
    const service = new QuotaService({ store: one.store })
    let recorded = 0
    await Promise.all(
      Array.from({ length: releasedAhead }, async () => {
        const { tracker } = one
        const answer = await tracker.reserve({ providerName: 'a' })
        if (answer.decision === 'granted') await tracker.release(answer.reservationId)
      }),
    )
    await created.execute(shiftedClock.move(-hourMs))
    let isDone = false
    const calling = processes.map(async ({ tracker }, which) => {
      const providerName = which === 0 ? 'a' : 'b'
      for (let after = 0; after < 20; ) {
        await tracker.recordUsage(providerName)
        recorded++
        const answer = await tracker.reserve({ providerName })
        if (answer.decision === 'granted') {
          await tracker.commit({ reservationId: answer.reservationId })
          recorded++
        }
        if (isDone) after++
      }
    })
    await expect.poll(() => recorded).toBeGreaterThan(4)
    const rewound = await service.rewindClock('admin')
    isDone = true
    await Promise.all(calling)
    expect(rewound.map(subject => subject.name).sort()).toEqual(['a', 'b', 'p'])
    expect(await service.aheadOfClock()).toEqual([])
    const used = await Promise.all(['a', 'b'].map(provider => two.tracker.getUsageStats(provider)))
    expect(used.reduce((sum, { requestCount }) => sum + requestCount, 0)).toBe(recorded)
    for (const { requestCount, limits: of } of used)
      for (const { subject, used: counted, held } of of)
        expect([counted, held]).toEqual([subject.kind === 'pool' ? recorded : requestCount, 0])
    for (const { store } of processes) expect(await examineStore(store, ['a', 'b'])).toEqual([])
  } finally {
    await Promise.all(processes.map(({ close }) => close()))
  }
})
