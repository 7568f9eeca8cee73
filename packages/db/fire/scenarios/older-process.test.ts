import { type QuotaStore, QuotaTracker } from '@quotakeeper/quota-core'
import { startPostgres } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { type Database, migrate, openDatabase, PostgresQuotaStore } from '../../src/index.js'
import { buildOlderRelease } from '../fixture/older-release.js'

/** What this package has exported ever since. */
interface Release {
  readonly openDatabase: (url: string) => Promise<Database>
  readonly migrate: (database: Database) => Promise<void>
  readonly PostgresQuotaStore: new (options: { database: Database }) => QuotaStore
}

const max = 1_000
const limits = [{ metric: 'requests', window: 'day', max }] as const

function countOf(answers: readonly PromiseSettledResult<unknown>[], isCounted: (value: unknown) => boolean) {
  return answers.filter(answer => isCounted(answer.status === 'fulfilled' ? answer.value : answer.reason))
    .length
}

const hasDecision = (answer: unknown, decision: string): boolean =>
  typeof answer === 'object' && answer !== null && 'decision' in answer && answer.decision === decision
const isGranted = (answer: unknown): boolean => hasDecision(answer, 'granted')
const isDenied = (answer: unknown): boolean => hasDecision(answer, 'denied')
const isUnavailable = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'STORE_UNAVAILABLE'

// The last one before revisions, which granted 1,989 of 1,000 beside a newer one; and the last one before writers.
test.each(['03ed9de', '13e2ff2'])(
  'a process of %s that a newer one joins grants no more, keeps its settlements, and may read',
  async commit => {
    await using older = await buildOlderRelease(commit)
    // Built from a commit that exports what the interface says.
    const release = (await import(older.entryUrl)) as Release
    const core = (await import(older.coreEntryUrl)) as { readonly QuotaTracker: typeof QuotaTracker }
    await using server = await startPostgres()
    await using created = await server.createDatabase()
    const oldDatabase = await release.openDatabase(created.url)
    await release.migrate(oldDatabase)
    const there = new core.QuotaTracker({ store: new release.PostgresQuotaStore({ database: oldDatabase }) })
    await there.upsertProvider({ name: 'a', vendor: 'v', limits })
    const early = await Promise.all(Array.from({ length: 100 }, () => there.reserve({ providerName: 'a' })))
    expect(early.every(isGranted)).toBe(true)

    const database = await openDatabase(created.url)
    await migrate(database)
    const here = new QuotaTracker({ store: new PostgresQuotaStore({ database }) })
    await expect(there.reserve({ providerName: 'a' })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    const asked = [here, there].flatMap(tracker =>
      Array.from({ length: max }, () => tracker.reserve({ providerName: 'a' })),
    )
    const answers = await Promise.allSettled(asked)
    expect(countOf(answers, isGranted)).toBe(max - early.length)
    // Those that read that there is no room are denied, all others get STORE_UNAVAILABLE.
    expect(countOf(answers.slice(max), answer => isUnavailable(answer) || isDenied(answer))).toBe(max)

    const reservationId = early[0]?.decision === 'granted' ? early[0].reservationId : ''
    await expect(there.commit({ reservationId })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await expect(
      there.upsertProvider({ name: 'a', vendor: 'v', limits: [{ ...limits[0], max: 5_000 }] }),
    ).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect((await there.getUsageStats('a')).limits[0]).toMatchObject({ used: 0, held: max, max })
    await here.commit({ reservationId })
    expect((await here.getUsageStats('a')).limits[0]).toMatchObject({ used: 1, held: max - 1, max })
    await Promise.all([database.close(), oldDatabase.close()])
  },
)
