import type { LearnLimitsCommand, ObserveCommand } from '../domain/command.js'
import type { ObserveAnswer, ProviderStats } from '../domain/outcome.js'
import { QuotaError } from '../domain/quota-error.js'
import type { QuotaStore } from '../store.js'

/**
 * Applies limit updates in separate commands, since a new limit reads the ledger. Concurrent answers bring the same
 * update, which is applied once.
 */
export class LimitUpdates {
  readonly #store: QuotaStore
  readonly #underWay = new Set<string>()

  constructor(store: QuotaStore) {
    this.#store = store
  }

  /**
   * Applies the update and then the vendor's figures; returns the provider's stats. Null if the same update is in
   * progress, or if the store was unavailable: the vendor's next answer brings the update again, and the call itself is
   * settled.
   */
  async learn(observe: ObserveCommand, limitUpdate: LearnLimitsCommand): Promise<ProviderStats | null> {
    const key = JSON.stringify(limitUpdate)
    if (this.#underWay.has(key)) return null
    this.#underWay.add(key)
    try {
      const [, again] = await this.#store.execute([
        limitUpdate,
        { ...observe, refusal: null, succeeded: false },
      ])
      // The store answers each command by its type, which TypeScript cannot infer from the list.
      return again?.ok ? (again.answer as ObserveAnswer).stats : null
    } catch (error) {
      if (error instanceof QuotaError) return null
      throw error
    } finally {
      this.#underWay.delete(key)
    }
  }
}
