import type { Outcome } from '../domain/outcome.js'
import { QuotaError } from '../domain/quota-error.js'
import { type SubjectRef, subjectKey } from '../domain/subject.js'
import type { QuotaStore } from '../store.js'
import { expireStep } from './expire-step.js'

/** Most sets of subjects with an expiry step running; further callers are denied without a step. */
const maxUnderWay = 100

/** Runs expiry steps for denied calls: one at a time for the same subjects, shared by all callers waiting for it. */
export class ExpirySteps {
  readonly #store: Pick<QuotaStore, 'read' | 'execute'>
  readonly #underWay = new Map<string, Promise<boolean>>()

  constructor(store: Pick<QuotaStore, 'read' | 'execute'>) {
    this.#store = store
  }

  /** Runs or joins a step; returns whether it ran. Never rejects: without it the denial stands. */
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
 * The outcome of a command. If it was denied while attempts of its subjects are due, decides it again after one expiry
 * step for these. A grant never waits for an expiry.
 */
export async function decideOnceMore(
  first: Outcome,
  { steps, again }: { readonly steps: ExpirySteps; readonly again: () => Promise<Outcome> },
): Promise<Outcome> {
  if (first.awaits === undefined || !(await steps.run(first.awaits))) return first
  return again()
}
