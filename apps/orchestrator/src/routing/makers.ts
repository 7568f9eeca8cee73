import type { Maker } from '../endpoints/endpoint-request.js'
import type { ReadyProvider } from './routing-table.js'

/** The oldest go beyond that. */
const maxKept = 50_000
/** Longer ids are nobody's. */
const maxLength = 300

type Made = Pick<ReadyProvider, 'name' | 'vendor' | 'pool'>

/**
 * Which provider has made what clients refer to later: answers that a vendor keeps, reasoning that it alone can read.
 * Kept in memory alone: another process, and this one after a restart, knows nothing of it.
 */
export class Makers {
  readonly #made = new Map<string, Made>()

  add(marks: readonly string[], { name, vendor, pool }: Made): void {
    for (const mark of marks) {
      if (mark.length > maxLength) continue
      this.#made.delete(mark)
      this.#made.set(mark, { name, vendor, pool })
      const oldest = this.#made.keys().next()
      if (this.#made.size > maxKept && !oldest.done) this.#made.delete(oldest.value)
    }
  }

  /** The name of the provider; null where it is not known. */
  nameOf(mark: string): string | null {
    return this.#made.get(mark)?.name ?? null
  }

  /** As seen from a provider. */
  of(mark: string, { name, vendor, pool }: Made): Maker {
    const made = this.#made.get(mark)
    if (made === undefined) return 'unknown'
    if (made.name === name || (pool !== null && made.pool === pool && made.vendor === vendor)) return 'own'
    return made.vendor === vendor ? 'vendor' : 'other'
  }
}
