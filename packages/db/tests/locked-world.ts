import { examineStore, type QuotaError, QuotaTracker } from '@quotakeeper/quota-core'
import { expect } from 'vitest'
import { type Database, openDatabase, PostgresQuotaStore } from '../src/index.js'
import { createMigratedDatabase } from './migrated-databases.js'

export const manyADay = [{ metric: 'requests', window: 'day', max: 1_000_000 }] as const

/** A process on a database, with a cache of its own. */
interface Process {
  readonly database: Database
  readonly store: PostgresQuotaStore
  readonly tracker: QuotaTracker
  /** The errors that its callers got. */
  readonly reported: readonly QuotaError[]
  readonly close: () => Promise<void>
}

/** The first process on a database, and the second, where there is one. */
export interface World extends Process, AsyncDisposable {
  readonly url: string
  readonly second: Process
  readonly expectNothingAmiss: () => Promise<void>
}

async function openProcess(url: string): Promise<Process> {
  const database = await openDatabase(url)
  const reported: QuotaError[] = []
  const listener = { onAlert: () => {}, onUnavailable: (error: QuotaError) => void reported.push(error) }
  const store = new PostgresQuotaStore({ database, listener })
  const close = async (): Promise<void> => {
    await store.close()
    await database.close()
  }
  return { database, store, tracker: new QuotaTracker({ store }), reported, close }
}

/** A database with some providers, by name and with their pools, and processes on it. */
export async function openWorld(
  providers: Readonly<Record<string, string | null>>,
  processCount = 1,
): Promise<World> {
  const created = await createMigratedDatabase()
  const processes = await Promise.all(Array.from({ length: processCount }, () => openProcess(created.url)))
  const [first, second = first] = processes
  if (first === undefined || second === undefined) throw new Error('nobody is there')
  for (const pool of new Set(Object.values(providers)))
    if (pool !== null) await first.tracker.upsertPool({ name: pool, limits: manyADay })
  for (const [name, pool] of Object.entries(providers))
    await first.tracker.upsertProvider({ name, vendor: 'v', limits: manyADay, ...(pool && { pool }) })
  return {
    url: created.url,
    ...first,
    second,
    expectNothingAmiss: async () => {
      const names = Object.keys(providers)
      for (const { store } of processes) expect(await examineStore(store, names)).toEqual([])
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(processes.map(({ close }) => close()))
      await created.drop()
    },
  }
}

export const many = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)
