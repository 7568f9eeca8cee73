import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Command, examineStore, expireStep, noCounts, QuotaTracker } from '@quotakeeper/quota-core'
import { startPostgres } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { migrate, openDatabase, PostgresQuotaStore } from '../../src/index.js'
import { quantile } from '../fixture/quantile.js'

const dueCount = 20_000
const rounds = 3
/** As the API has it between the steps of a turn. */
const stepPauseMs = 20
const quietMs = 3_000

const manyADay = [{ metric: 'requests', window: 'day', max: 1_000_000 }] as const

/** A server, and a store on it with two providers, as one process has them. */
async function openWorld() {
  const server = await startPostgres()
  const { url } = await server.createDatabase()
  const database = await openDatabase(url)
  await migrate(database)
  const store = new PostgresQuotaStore({ database })
  const tracker = new QuotaTracker({ store })
  for (const name of ['due', 'other']) await tracker.upsertProvider({ name, vendor: 'v', limits: manyADay })
  return {
    store,
    tracker,
    [Symbol.asyncDispose]: async () => {
      await store.close()
      await database.close()
      await server.stop()
    },
  }
}

function reservation(): Command {
  return {
    type: 'reserve',
    id: randomUUID(),
    providerName: 'due',
    model: '',
    counts: { ...noCounts, requestCount: 1 },
    atLeast: null,
    requestId: '',
    consumer: '',
    ttlMs: 1,
    hash: '',
  }
}

function figures(name: string, waits: readonly number[]): string {
  const ms = (share: number): string => quantile(waits, share).toFixed(1)
  return `${name} ${waits.length} calls, p50 ${ms(0.5)} ms, p99 ${ms(0.99)}, at most ${ms(1)}`
}

test('20,000 reservations of one provider that are due at once expire beside the calls of another, and all is counted', async () => {
  await using world = await openWorld()
  const { store, tracker } = world
  let calls = 0
  /** Calls, one after the other, until the work is done, or for a while; how long each took. */
  const callUntil = async (isDone: () => boolean): Promise<number[]> => {
    const waits: number[] = []
    while (!isDone()) {
      const startMs = performance.now()
      await tracker.recordUsage('other')
      waits.push(performance.now() - startMs)
      calls++
      await pause(2)
    }
    return waits
  }
  for (let round = 1; round <= rounds; round++) {
    for (let reserved = 0; reserved < dueCount; reserved += 1_000) {
      const outcomes = await store.execute(Array.from({ length: 1_000 }, reservation))
      expect(outcomes.filter(({ ok }) => !ok)).toEqual([])
    }
    const quietUntilMs = performance.now() + quietMs
    const before = await callUntil(() => performance.now() > quietUntilMs)
    let isDone = false
    const expiry = async (): Promise<number> => {
      let expired = 0
      try {
        for (;;) {
          const step = await expireStep(store, null)
          expired += step.expired
          if (!step.isFull) return expired
          await pause(stepPauseMs)
        }
      } finally {
        isDone = true
      }
    }
    const startMs = performance.now()
    const [expired, during] = await Promise.all([expiry(), callUntil(() => isDone)])
    const took = ((performance.now() - startMs) / 1_000).toFixed(1)
    process.stdout.write(
      `  expiry storm, round ${round}: ${figures('before it', before)}; ${figures(`during ${took} s of it`, during)}\n`,
    )
    expect(expired).toBe(dueCount)
  }
  expect((await tracker.getUsageStats('due')).limits[0]).toMatchObject({ used: rounds * dueCount, held: 0 })
  expect((await tracker.getUsageStats('other')).limits[0]).toMatchObject({ used: calls, held: 0 })
  expect(await examineStore(store, ['due', 'other'])).toEqual([])
})
