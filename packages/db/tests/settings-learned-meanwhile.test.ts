import { type ProviderInput, QuotaTracker } from '@quotakeeper/quota-core'
import { expect, test } from 'vitest'
import { PostgresQuotaStore } from '../src/index.js'
import { engines, openMigrated } from './engines.js'
import { withRoundTrips } from './with-round-trips.js'

const perDay = { metric: 'requests', window: 'day', max: 1_000 } as const
const perHour = { metric: 'requests', window: 'hour', max: 10 } as const
const requestsPerModel = { ...perDay, model: '*', per: 'model' } as const
const perModel = { metric: 'characters', window: 'day', max: 100, model: '*', per: 'model' } as const

/** Two processes on one database. The first does something just before its next round trip of a kind. */
async function twoProcesses(isRoundTrip: (names: readonly string[]) => boolean) {
  const postgres = engines().at(-1)
  if (postgres === undefined) throw new Error('there is always a PostgreSQL')
  const database = await openMigrated(postgres)
  let before: (() => Promise<unknown>) | null = null
  const held = withRoundTrips(database, async (statements, run) => {
    const task = before
    if (task !== null && isRoundTrip(statements.map(({ name }) => name))) {
      before = null
      await task()
    }
    return run(statements)
  })
  const stores = [new PostgresQuotaStore({ database: held }), new PostgresQuotaStore({ database })] as const
  const [first, second] = stores.map(store => new QuotaTracker({ store }))
  if (first === undefined || second === undefined) throw new Error('there are two')
  const setLimits = (limits: ProviderInput['limits']) =>
    second.upsertProvider({ name: 'a', vendor: 'custom', limits })
  return {
    first,
    second,
    setLimits,
    /** Adds the limits in the other process just before a round trip of this one, which then reads everything once more. */
    learnMeanwhile: (limits: ProviderInput['limits'], read: () => Promise<unknown>): void => {
      before = async () => {
        await setLimits(limits)
        await read()
      }
    },
    wasLearned: () => before === null,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(stores.map(store => store.close()))
      await database[Symbol.asyncDispose]()
    },
  }
}

test.each([
  ['that all models share', perDay, perHour, {}],
  ['that counts each model apart', requestsPerModel, perModel, { model: 'm', characterCount: 60 }],
] as const)(
  'a limit %s, learned of while the locks are waited for, is decided on by what it has counted',
  async (_, known, added, call) => {
    await using processes = await twoProcesses(names => names.includes('lock-subjects'))
    const { first, second } = processes
    await processes.setLimits([known])
    for (let round = 0; round < 3; round++) await first.recordUsage('a', { requestCount: 20, ...call })
    // Written to elsewhere, so that the next call needs the locks.
    await second.recordUsage('a', call)
    processes.learnMeanwhile([known, added], () => first.getAllProviderStats())
    expect((await first.reserve({ providerName: 'a', ...call })).decision).toBe('denied')
    expect(processes.wasLearned()).toBe(true)
    expect((await second.reserve({ providerName: 'a', ...call })).decision).toBe('denied')
    expect((await second.examine('a')).discrepancies).toEqual([])
  },
)

test.each([
  ['one provider', 'state-with-versions'],
  ['all providers', 'state-of-kinds'],
] as const)('a limit learned of while %s is looked at is shown with what it has counted', async (_, name) => {
  await using processes = await twoProcesses(names => names.includes(name))
  const { first, second } = processes
  await processes.setLimits([perDay])
  await second.recordUsage('a', { requestCount: 20, model: 'm', characterCount: 60 })
  const look = async () =>
    name === 'state-of-kinds'
      ? (await first.getAllProviderStats()).providers[0]
      : await first.getUsageStats('a')
  await look()
  // A read of another kind than the one under way, which it would share.
  processes.learnMeanwhile([perDay, perHour, perModel], () => first.explain({}))
  const stats = await look()
  expect(processes.wasLearned()).toBe(true)
  expect(stats?.limits.map(({ id, used }) => [id, used])).toEqual([
    ['requests/day', 20],
    ['requests/hour', 20],
    ['characters/day@*', 60],
  ])
})
