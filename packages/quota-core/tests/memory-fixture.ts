import { beforeEach } from 'vitest'
import { upsertProvider } from '../src/contract/commands.js'
import type { Command } from '../src/domain/command.js'
import type { Limit } from '../src/domain/limit.js'
import type { AnswerTo, ProviderStats } from '../src/domain/outcome.js'
import { MemoryQuotaStore } from '../src/memory/memory-quota-store.js'
import { providerStats } from '../src/stats/provider-stats.js'
import type { QuotaStore } from '../src/store.js'

/** A store in memory, and what tests ask of it. */
export interface MemoryFixture {
  /** What the store's clock shows; tests set it. */
  readonly clock: { nowMs: number }
  store(): QuotaStore
  /** A UUID that this test has not used. */
  id(): string
  /** Executes a command. @throws its error */
  answer<C extends Command>(command: C): Promise<AnswerTo<C>>
  /** Creates or changes a provider of the vendor `v`. */
  provider(name: string, limits: readonly Limit[], more?: object): Promise<void>
  stats(name: string): Promise<ProviderStats>
}

/** Gives each test of the file an empty store, whose clock stands at noon of 25 November 2026 in UTC. */
export function memoryFixture(): MemoryFixture {
  const clock = { nowMs: 0 }
  let store: MemoryQuotaStore
  let idCount: number
  beforeEach(() => {
    clock.nowMs = Date.UTC(2026, 10, 25, 12)
    idCount = 0
    store = new MemoryQuotaStore({ now: () => clock.nowMs })
  })
  const answer = async <C extends Command>(command: C): Promise<AnswerTo<C>> => {
    const [outcome] = await store.execute([command])
    if (outcome === undefined || !outcome.ok) throw outcome?.error
    // The store answers each command by its type.
    return outcome.answer as AnswerTo<C>
  }
  return {
    clock,
    store: () => store,
    id: () => {
      idCount++
      return `00000000-0000-4000-8000-${String(idCount).padStart(12, '0')}`
    },
    answer,
    provider: async (name, limits, more = {}) => {
      await answer(upsertProvider(name, { vendor: 'v', limits, ...more }))
    },
    stats: async name => {
      const snapshot = await store.read({ type: 'snapshot', providerNames: [name] })
      return providerStats(snapshot.state, name, snapshot.nowMs)
    },
  }
}
