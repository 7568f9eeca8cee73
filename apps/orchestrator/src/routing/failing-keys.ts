import type { Candidate } from './resolve-model.js'

/** How long a key that has failed once comes after the others; doubled by each further failure. */
const firstPauseMs = 5_000
const maxPauseMs = 60_000
const maxFailing = 1_000

interface Failing {
  readonly failureCount: number
  readonly untilMs: number
}

/**
 * Keys whose vendors have just failed (5xx, unreachable, silent), by model. They come after the others, so that not every
 * request waits for the same failure; where no other has room they are called as before. When the pause is over one
 * request tries the key again. In memory only: a failure says nothing about quota.
 */
export class FailingKeys {
  readonly #failing = new Map<string, Failing>()

  /** Records a failure. @param retryAtMs when the vendor states to return; null for none */
  failed(candidate: Candidate, retryAtMs: number | null, nowMs: number): void {
    const key = keyOf(candidate)
    const failureCount = (this.#failing.get(key)?.failureCount ?? 0) + 1
    // Bounded, since clients may send any model names.
    if (this.#failing.size >= maxFailing) this.#failing.clear()
    const pauseMs = retryAtMs === null ? pauseAfter(failureCount) : Math.min(retryAtMs - nowMs, maxPauseMs)
    this.#failing.set(key, { failureCount, untilMs: nowMs + pauseMs })
  }

  /** Records that the vendor has answered, even if with a refusal. */
  answered(candidate: Candidate): void {
    this.#failing.delete(keyOf(candidate))
  }

  /** Records that the key is called: while it is, others do not try it as well. */
  called(candidate: Candidate, nowMs: number): void {
    const key = keyOf(candidate)
    const failing = this.#failing.get(key)
    if (failing === undefined) return
    this.#failing.set(key, { ...failing, untilMs: nowMs + pauseAfter(failing.failureCount) })
  }

  /** The candidates that are not failing; all if each is. */
  wellOf(candidates: readonly Candidate[], nowMs: number): readonly Candidate[] {
    if (this.#failing.size === 0) return candidates
    const well = candidates.filter(candidate => !this.#isFailing(candidate, nowMs))
    return well.length === 0 ? candidates : well
  }

  #isFailing(candidate: Candidate, nowMs: number): boolean {
    const leftMs = (this.#failing.get(keyOf(candidate))?.untilMs ?? 0) - nowMs
    // More is left only if the clock was set back.
    return leftMs > 0 && leftMs <= maxPauseMs
  }
}

function pauseAfter(failureCount: number): number {
  return Math.min(firstPauseMs * 2 ** (failureCount - 1), maxPauseMs)
}

function keyOf({ provider, model }: Candidate): string {
  return `${provider.name}/${model}`
}
