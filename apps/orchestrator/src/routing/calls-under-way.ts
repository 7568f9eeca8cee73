import { leastWaitMs, type Rejection } from './rejection.js'
import type { Candidate } from './resolve-model.js'

const maxRefused = 1_000

/** A vendor's refusal, and when it was received. */
interface Refused {
  readonly rejection: Rejection
  readonly atMs: number
}

/**
 * How many calls this process has under way at each provider, and who has just refused one. Of keys that nothing
 * is known of, or that have the same share left, those come first that have the least to do: a burst is spread
 * over them, rather than meeting one key's unknown limit with all of its calls at once.
 */
export class CallsUnderWay {
  readonly #counts = new Map<string, number>()
  readonly #refused = new Map<string, Refused>()

  /** The candidates, those with the fewest calls under way first, those that have just refused last. */
  fewestFirst(candidates: readonly Candidate[], nowMs: number): readonly Candidate[] {
    return candidates.toSorted(
      (left, right) =>
        Number(this.#hasRefused(left, nowMs)) - Number(this.#hasRefused(right, nowMs)) ||
        this.#countOf(left) - this.#countOf(right),
    )
  }

  /** Counts a call until the returned function is called, once. */
  begin({ provider }: Candidate): () => void {
    this.#counts.set(provider.name, (this.#counts.get(provider.name) ?? 0) + 1)
    return () => {
      const left = (this.#counts.get(provider.name) ?? 1) - 1
      if (left > 0) this.#counts.set(provider.name, left)
      else this.#counts.delete(provider.name)
    }
  }

  /** Notes that a vendor has refused a call for want of quota, until the API has been told. */
  refused(candidate: Candidate, rejection: Rejection, nowMs: number): void {
    // Clients name models as they please.
    if (this.#refused.size >= maxRefused) this.#refused.clear()
    this.#refused.set(keyOf(candidate), { rejection, atMs: nowMs })
  }

  /**
   * The refusal by which a key is left alone for a moment, by every request: its vendor has named a return, and
   * whatever that is, it is not asked again within the same second. Null where the key may be called.
   */
  restOf(candidate: Candidate, nowMs: number): Rejection | null {
    const refused = this.#recentRefusal(candidate, nowMs)
    return refused?.rejection.kind === 'refused' && refused.rejection.retryAtMs !== null
      ? refused.rejection
      : null
  }

  #countOf({ provider }: Candidate): number {
    return this.#counts.get(provider.name) ?? 0
  }

  #hasRefused(candidate: Candidate, nowMs: number): boolean {
    return this.#recentRefusal(candidate, nowMs) !== null
  }

  #recentRefusal(candidate: Candidate, nowMs: number): Refused | null {
    const key = keyOf(candidate)
    const refused = this.#refused.get(key)
    if (refused === undefined) return null
    if (Math.abs(nowMs - refused.atMs) < leastWaitMs) return refused
    this.#refused.delete(key)
    return null
  }
}

function keyOf({ provider, model }: Candidate): string {
  return `${provider.name}/${model}`
}
