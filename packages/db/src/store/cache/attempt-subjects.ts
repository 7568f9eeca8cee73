import { type Attempt, type SubjectRef, subjectKey } from '@quotakeeper/quota-core'

/** What a settlement's locks are guessed by. */
export type AttemptSubjects = Pick<Attempt, 'providerName' | 'subjects'>

/** Without an entry, a settlement takes a second round, no error. */
const maxAttempts = 100_000

/** Different lists of subjects, each held once. */
const maxLists = 10_000

/** The subjects of pending attempts, by id: they outlive the cached state, which is dropped when it is full. */
export class AttemptSubjectsCache {
  readonly #attempts = new Map<string, AttemptSubjects>()
  /** Every list once, so that adding an attempt allocates nothing that outlives it. */
  readonly #lists = new Map<string, AttemptSubjects>()

  get(id: string): AttemptSubjects | undefined {
    return this.#attempts.get(id)
  }

  /** Adds an attempt that is pending, and drops one that is settled. */
  put({ id, state, providerName, subjects }: Attempt): void {
    if (state !== 'pending') {
      this.#attempts.delete(id)
      return
    }
    this.#attempts.set(id, this.#shared(providerName, subjects))
    if (this.#attempts.size <= maxAttempts) return
    // The older half at once: a search for the oldest one passes over the gaps of all that were deleted before it.
    let excess = this.#attempts.size / 2
    for (const oldest of this.#attempts.keys()) {
      if (excess-- <= 0) break
      this.#attempts.delete(oldest)
    }
  }

  #shared(providerName: string, subjects: readonly SubjectRef[]): AttemptSubjects {
    const key = subjects.map(subjectKey).join('\n\n')
    const known = this.#lists.get(key)
    if (known !== undefined) return known
    const list: AttemptSubjects = { providerName, subjects }
    if (this.#lists.size >= maxLists) this.#lists.clear()
    this.#lists.set(key, list)
    return list
  }
}
