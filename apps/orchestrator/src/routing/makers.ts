import type { Maker } from '../endpoints/endpoint-request.js'
import type { ReadyProvider } from './routing-table.js'

/** The oldest go beyond that. */
const maxKept = 50_000
/** Longer ids are nobody's. */
const maxLength = 300

type Made = Pick<ReadyProvider, 'name' | 'vendor' | 'pool'>

/** The provider that made it, and the consumer of the token that asked for it; null for a client without one. */
type Kept = Made & { readonly tokenConsumer: string | null }

/**
 * Which provider has made what clients refer to later: answers that a vendor keeps, reasoning that it alone can read.
 * Kept in memory alone: another process, and this one after a restart, knows nothing of it.
 */
export class Makers {
  readonly #made = new Map<string, Kept>()

  add(marks: readonly string[], { name, vendor, pool }: Made, tokenConsumer: string | null): void {
    for (const mark of marks) {
      if (mark.length > maxLength) continue
      this.#made.delete(mark)
      this.#made.set(mark, { name, vendor, pool, tokenConsumer })
      const oldest = this.#made.keys().next()
      if (this.#made.size > maxKept && !oldest.done) this.#made.delete(oldest.value)
    }
  }

  /**
   * The name of the provider; null where it is not known. A client with a token of a consumer refers only to what was
   * made for tokens of that consumer.
   */
  nameOf(mark: string, tokenConsumer: string | null): string | null {
    const made = this.#made.get(mark)
    if (made === undefined || (tokenConsumer !== null && made.tokenConsumer !== tokenConsumer)) return null
    return made.name
  }

  /** As seen from a provider. */
  of(mark: string, { name, vendor, pool }: Made): Maker {
    const made = this.#made.get(mark)
    if (made === undefined) return 'unknown'
    if (made.name === name || (pool !== null && made.pool === pool && made.vendor === vendor)) return 'own'
    return made.vendor === vendor ? 'vendor' : 'other'
  }
}
