import { leastWaitMs, type Rejection } from './rejection.js'
import type { Candidate } from './resolve-model.js'

const maxRefused = 1_000

/** A vendor's refusal and when it was received. */
interface Refused {
  readonly rejection: Rejection
  readonly atMs: number
}

/**
 * This process's calls in flight per provider, and recent refusals. Among keys with unknown or equal remaining quota,
 * the least loaded come first: a burst is spread over them instead of hitting one key's unknown limit with all calls.
 */
export class CallsUnderWay {
  readonly #counts = new Map<string, number>()
  readonly #refused = new Map<string, Refused>()

  /** Orders candidates: fewest calls in flight first, recently refused last. */
  fewestFirst(candidates: readonly Candidate[], nowMs: number): readonly Candidate[] {
    return candidates.toSorted(
      (left, right) =>
        Number(this.#hasRefused(left, nowMs)) - Number(this.#hasRefused(right, nowMs)) ||
        this.#countOf(left) - this.#countOf(right),
    )
  }

  /** Counts a call until the returned function is called (once). */
  begin({ provider }: Candidate): () => void {
    this.#counts.set(provider.name, (this.#counts.get(provider.name) ?? 0) + 1)
    return () => {
      const left = (this.#counts.get(provider.name) ?? 1) - 1
      if (left > 0) this.#counts.set(provider.name, left)
      else this.#counts.delete(provider.name)
    }
  }

  /** Records a quota refusal by a vendor until the API has received it. */
  refused(candidate: Candidate, rejection: Rejection, nowMs: number): void {
    // Bounded, since clients may send any model names.
    if (this.#refused.size >= maxRefused) this.#refused.clear()
    this.#refused.set(keyOf(candidate), { rejection, atMs: nowMs })
  }

  /**
   * The refusal because of which all requests skip a key for a moment: its vendor stated a return, and it is not called
   * again within the same second in any case. Null if the key may be called.
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
