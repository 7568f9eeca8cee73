import type { Candidate } from '../routing/resolve-model.js'

/** By then the API knows of a refusal, and chooses by it itself. */
const demotedMs = 1_000
const mostRefused = 1_000

/**
 * How many calls this process has under way at each provider, and who has just refused one. Of keys that nothing
 * is known of, or that have the same share left, those come first that have the least to do: a burst is spread
 * over them, rather than meeting one key's unknown limit with all of its calls at once.
 */
export class CallsUnderWay {
  readonly #counts = new Map<string, number>()
  readonly #refusedAtMs = new Map<string, number>()

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
  refused(candidate: Candidate, nowMs: number): void {
    // Clients name models as they please.
    if (this.#refusedAtMs.size >= mostRefused) this.#refusedAtMs.clear()
    this.#refusedAtMs.set(keyOf(candidate), nowMs)
  }

  #countOf({ provider }: Candidate): number {
    return this.#counts.get(provider.name) ?? 0
  }

  #hasRefused(candidate: Candidate, nowMs: number): boolean {
    const key = keyOf(candidate)
    const refusedAtMs = this.#refusedAtMs.get(key)
    if (refusedAtMs === undefined) return false
    if (nowMs - refusedAtMs < demotedMs) return true
    this.#refusedAtMs.delete(key)
    return false
  }
}

function keyOf({ provider, model }: Candidate): string {
  return `${provider.name}/${model}`
}
