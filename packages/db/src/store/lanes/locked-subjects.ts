import type { SubjectRef } from '@quotakeeper/quota-core'
import { keyOf } from './command-need.js'

/** How old a finding may be until it is checked again, beside the calls that use it. */
const freshForMs = 100
/** How long a finding counts that is not checked again, since no call comes for it. */
const countsForMs = 1_000
/** With more, all are dropped: it costs another wait, no error. */
const maxFindings = 10_000

interface Finding {
  readonly subject: SubjectRef
  readonly foundAtMs: number
}

/**
 * Subjects whose rows other sessions were found to have locked: a choice among several leaves them out at once, instead of
 * waiting for each lock in turn. A finding is checked again while calls use it, and dropped when none do.
 */
export class LockedSubjects {
  readonly #find: (subjects: readonly SubjectRef[]) => Promise<readonly SubjectRef[]>
  readonly #findings = new Map<string, Finding>()
  #isLooking = false

  /** @param find answers those of some subjects that are locked now; never rejects: where it fails, none is */
  constructor(find: (subjects: readonly SubjectRef[]) => Promise<readonly SubjectRef[]>) {
    this.#find = find
  }

  /** Whether no subject is known to be locked, as nearly always. */
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

  /** Finds which of these are locked now, and stores it. */
  async look(subjects: readonly SubjectRef[]): Promise<readonly SubjectRef[]> {
    const locked = await this.#find(subjects)
    for (const subject of subjects) this.delete(keyOf(subject))
    if (this.#findings.size > maxFindings) this.#findings.clear()
    const foundAtMs = performance.now()
    for (const subject of locked) this.#findings.set(keyOf(subject), { subject, foundAtMs })
    return locked
  }

  /** A batch of this process has had its lock: no other session has it locked any more. */
  delete(key: string): void {
    this.#findings.delete(key)
  }

  async #lookAgain(): Promise<void> {
    this.#isLooking = true
    await this.look([...this.#findings.values()].map(({ subject }) => subject))
    this.#isLooking = false
  }
}
