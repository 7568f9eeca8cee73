import type { Candidate } from '../routing/resolve-model.js'

/**
 * How many calls this process has under way at each provider. Of keys that nothing is known of, or that have the
 * same share left, those come first that have the least to do: a burst is spread over them, rather than meeting
 * one key's unknown limit with all of its calls at once.
 */
export class CallsUnderWay {
  readonly #counts = new Map<string, number>()

  /** The candidates, those with the fewest calls under way first; equals stay in their order. */
  fewestFirst(candidates: readonly Candidate[]): readonly Candidate[] {
    return candidates.toSorted((left, right) => this.#countOf(left) - this.#countOf(right))
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

  #countOf({ provider }: Candidate): number {
    return this.#counts.get(provider.name) ?? 0
  }
}
