import type { Outcome } from '../domain/outcome.js'
import { QuotaError } from '../domain/quota-error.js'
import { type SubjectRef, subjectKey } from '../domain/subject.js'
import type { QuotaStore } from '../store.js'
import { expireStep } from './expire-step.js'

/** Different sets of subjects that are stepped for at once: more callers than that are told to come again. */
const maxUnderWay = 100

/** Steps of expiry that denied calls have run: one at a time for the same subjects, whoever waits for it. */
export class ExpirySteps {
  readonly #store: Pick<QuotaStore, 'read' | 'execute'>
  readonly #underWay = new Map<string, Promise<boolean>>()

  constructor(store: Pick<QuotaStore, 'read' | 'execute'>) {
    this.#store = store
  }

  /** Whether a step has been run for the subjects. Never rejects: a denial stands without it. */
  run(subjects: readonly SubjectRef[]): Promise<boolean> {
    const key = subjects.map(subjectKey).join('\n\n')
    const known = this.#underWay.get(key)
    if (known !== undefined) return known
    if (this.#underWay.size >= maxUnderWay) return Promise.resolve(false)
    const step = this.#step(subjects).finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, step)
    return step
  }

  async #step(subjects: readonly SubjectRef[]): Promise<boolean> {
    try {
      await expireStep(this.#store, subjects)
      return true
    } catch (error) {
      if (error instanceof QuotaError) return false
      throw error
    }
  }
}

/**
 * The outcome of a command; where it was denied while attempts of its subjects are due, of deciding it once more
 * after one step of expiry for them. A grant never waits for an expiry.
 */
export async function decideOnceMore(
  first: Outcome,
  { steps, again }: { readonly steps: ExpirySteps; readonly again: () => Promise<Outcome> },
): Promise<Outcome> {
  if (first.awaits === undefined || !(await steps.run(first.awaits))) return first
  return again()
}
