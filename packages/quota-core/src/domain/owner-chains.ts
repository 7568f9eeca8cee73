import { BySubject } from './by-subject.js'
import { isSameSubject, type SubjectRef } from './subject.js'
import type { SubjectKind } from './subject-kinds.js'

/** All are dropped at this size: callers invent names. */
const maxChains = 10_000

/**
 * The chains that were found among some owners, until one of their parents changes: every command asks for the same
 * ones several times. Whoever holds the owners reports each of them that is read or changed.
 */
export class OwnerChains {
  #chains = new BySubject<readonly SubjectRef[]>()
  #count = 0
  /** Subjects that are above another one in a chain. */
  #above = new BySubject<true>()

  /** A subject's chain; undefined where it has not been found yet. */
  find(kind: SubjectKind, name: string): readonly SubjectRef[] | undefined {
    return this.#chains.at(kind, name)
  }

  put(chain: readonly SubjectRef[]): void {
    const own = chain[chain.length - 1]
    if (own === undefined) return
    if (this.#count >= maxChains) this.clear()
    this.#chains.set(own, chain)
    this.#count++
    for (let at = 0; at < chain.length - 1; at++) {
      const ref = chain[at]
      if (ref !== undefined) this.#above.set(ref, true)
    }
  }

  /** An owner was read or changed; `before` is what was known of it, undefined for nothing. */
  ownerChanged(ref: SubjectRef, before: Parent | undefined, after: Parent): void {
    if (this.#count === 0 || isSameParent(before?.parent ?? null, after.parent)) return
    if (this.#above.get(ref) === true) this.clear()
    else this.#chains.delete(ref)
  }

  clear(): void {
    if (this.#count === 0) return
    this.#chains = new BySubject()
    this.#above = new BySubject()
    this.#count = 0
  }
}

interface Parent {
  readonly parent: SubjectRef | null
}

function isSameParent(left: SubjectRef | null, right: SubjectRef | null): boolean {
  if (left === null || right === null) return left === right
  return isSameSubject(left, right)
}
