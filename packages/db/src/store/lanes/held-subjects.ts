import type { SubjectRef } from '@quotakeeper/quota-core'
import { keyOf } from './command-need.js'

/** How old a finding may be until it is looked again, beside the calls that go by it. */
const freshForMs = 100
/** How long a finding counts that nobody looks at again, since no call comes for it. */
const countsForMs = 1_000
/** With so many, they are forgotten: it costs another wait, not an error. */
const maxHeld = 10_000

interface Finding {
  readonly subject: SubjectRef
  readonly foundAtMs: number
}

/**
 * Subjects whose rows other sessions were found to hold: a choice among several leaves them out at once, instead of
 * waiting for each lock in turn. A finding is looked at again while calls go by it, and forgotten when none do.
 */
export class HeldSubjects {
  readonly #find: (subjects: readonly SubjectRef[]) => Promise<readonly SubjectRef[]>
  readonly #findings = new Map<string, Finding>()
  #isLooking = false

  /** @param find those of some subjects that are held now; never rejects: what it cannot find out is not held */
  constructor(find: (subjects: readonly SubjectRef[]) => Promise<readonly SubjectRef[]>) {
    this.#find = find
  }

  /** Whether nobody is known to hold anything, as nearly always. */
  get isEmpty(): boolean {
    return this.#findings.size === 0
  }

  has(subject: SubjectRef): boolean {
    const key = keyOf(subject)
    const finding = this.#findings.get(key)
    if (finding === undefined) return false
    const ageMs = performance.now() - finding.foundAtMs
    if (ageMs >= countsForMs) {
      this.#findings.delete(key)
      return false
    }
    if (ageMs >= freshForMs && !this.#isLooking) void this.#lookAgain()
    return true
  }

  /** Looks which of these are held now, and remembers it. */
  async look(subjects: readonly SubjectRef[]): Promise<readonly SubjectRef[]> {
    const held = await this.#find(subjects)
    for (const subject of subjects) this.delete(keyOf(subject))
    if (this.#findings.size > maxHeld) this.#findings.clear()
    const foundAtMs = performance.now()
    for (const subject of held) this.#findings.set(keyOf(subject), { subject, foundAtMs })
    return held
  }

  /** A batch of this process has had its lock: nobody else holds it any more. */
  delete(key: string): void {
    this.#findings.delete(key)
  }

  async #lookAgain(): Promise<void> {
    this.#isLooking = true
    await this.look([...this.#findings.values()].map(({ subject }) => subject))
    this.#isLooking = false
  }
}
