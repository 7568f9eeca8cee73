import type { LearnLimitsCommand, ObserveCommand } from '../domain/command.js'
import type { ObserveAnswer, ProviderStats } from '../domain/outcome.js'
import { QuotaError } from '../domain/quota-error.js'
import type { QuotaStore } from '../store.js'

/**
 * Learns limits that vendors tell of, by commands of their own, since a limit that is new begins with a look
 * at the ledger. Many calls that are answered at once bring the same lesson, which is learned once.
 */
export class LimitUpdates {
  readonly #store: QuotaStore
  readonly #underWay = new Set<string>()

  constructor(store: QuotaStore) {
    this.#store = store
  }

  /**
   * How the provider stands with its new limits, the vendor's figures noted. Null where the lesson is being
   * learned already, or where the store was not there for it: the vendor's next answer brings it again, and
   * the call that this one was about is settled.
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
      // It is answered so; TypeScript cannot follow that through the list.
      return again?.ok ? (again.answer as ObserveAnswer).stats : null
    } catch (error) {
      if (error instanceof QuotaError) return null
      throw error
    } finally {
      this.#underWay.delete(key)
    }
  }
}
