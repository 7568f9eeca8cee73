import type { Owner } from './owner.js'
import type { OwnerChains } from './owner-chains.js'
import { isSameSubject, providerRef, type SubjectRef } from './subject.js'
import {
  type CallParties,
  type KindOfSubject,
  poolKind,
  providerKind,
  type SubjectKind,
  subjectKinds,
} from './subject-kinds.js'

/** What determines the subjects of calls and of commands, of an owner. */
export type GuidingOwner = Pick<Owner, 'parent' | 'removedAtMs'> & {
  /** Of consumers. */
  readonly plan?: string | null
}

/** The part of a QuotaState that determines the subjects of calls. */
export interface OwnerGuide {
  readonly kinds: SubjectKinds
  /** Undefined if it does not exist or is not loaded. */
  owner(ref: SubjectRef): GuidingOwner | undefined
  /** Whether the owner is known not to exist. */
  lacksOwner(ref: SubjectRef): boolean
  /** Absent where the owners may change unnoticed. */
  readonly chains?: OwnerChains
}

/**
 * Most subjects of a chain, and most levels of a tree of owners that a store reads, so that a cycle of parents cannot loop
 * for ever and each read is bounded. The table of kinds allows fewer.
 */
export const maxChainLevels = 16
/** The cache is cleared at this size. */
const maxRemembered = 10_000

type Subjects = readonly SubjectRef[]

/**
 * The table of subject kinds and the rules derived from it. A call's subjects are chains, one for each kind that calls
 * name, each from the outermost ancestor to the subject itself. Lock order is independent of it: see `compareSubjects`.
 */
export class SubjectKinds {
  readonly #kinds: readonly KindOfSubject[]
  readonly #called: readonly (KindOfSubject & { readonly nameIn: (call: CallParties) => string })[]
  readonly #chains = new Map<SubjectKind, Map<string, Subjects>>()
  #chainCount = 0
  /** Concatenated chains, keyed by the identity of both. */
  readonly #joined = new WeakMap<Subjects, WeakMap<Subjects, Subjects>>()

  constructor(kinds: readonly KindOfSubject[] = subjectKinds) {
    this.#kinds = kinds
    this.#called = kinds.flatMap(kind => (kind.nameIn === null ? [] : [{ ...kind, nameIn: kind.nameIn }]))
  }

  /** @throws Error if the table has no such kind */
  of(name: SubjectKind): KindOfSubject {
    const found = this.#kinds.find(({ kind }) => kind === name)
    if (found === undefined) throw new Error(`there is no kind of subject "${name}"`)
    return found
  }

  /** The kinds whose owners may have a parent of this kind, or take over its limits. */
  dependentsOf(name: SubjectKind): readonly SubjectKind[] {
    return this.#kinds
      .filter(({ parentKind, templateKind }) => parentKind === name || templateKind === name)
      .map(({ kind }) => kind)
  }

  /** The kinds that a call to a provider meets whatever its consumer: the provider's and its ancestors'. */
  get ofProviders(): readonly SubjectKind[] {
    const kinds: SubjectKind[] = []
    for (let kind: SubjectKind | null = providerKind; kind !== null; kind = this.of(kind).parentKind) {
      if (kinds.includes(kind)) break
      kinds.push(kind)
    }
    return kinds
  }

  /** Whether names of this kind may be labels: see {@link KindOfSubject.isOptional}. */
  isOptional(name: SubjectKind): boolean {
    return this.of(name).isOptional
  }

  /** Whether usage of this kind is reset only with that of its members. */
  isResetByMembers(name: SubjectKind): boolean {
    return this.dependentsOf(name).some(child => this.of(child).resetsParent)
  }

  /** The subjects that calls for a consumer may meet because of it, without their ancestors. Empty for `''`. */
  ofConsumer(consumer: string): Subjects {
    return this.#called.flatMap(({ kind, nameIn }) => {
      const name = nameIn({ providerName: '', consumer })
      return name === '' ? [] : [{ kind, name }]
    })
  }

  /**
   * The subjects whose limits apply to a call. An owner that is not loaded lacks its parents, and if its kind allows
   * labels, counts as a label.
   */
  ofCall(owners: OwnerGuide, call: CallParties): Subjects {
    let subjects: Subjects = noSubjects
    for (const { kind, nameIn, isOptional } of this.#called) {
      const name = nameIn(call)
      if (name === '' || (isOptional && isLabel(owners, { kind, name }))) continue
      const chain = this.chainOf(owners, kind, name)
      subjects = subjects.length === 0 ? chain : this.#join(subjects, chain)
    }
    return subjects
  }

  /** The names that {@link ofCall} leaves out because they are labels; they may be registered at any time. */
  labelsOf(owners: OwnerGuide, call: CallParties): Subjects {
    if (call.consumer === '') return noSubjects
    return this.#called.flatMap(({ kind, nameIn, isOptional }) => {
      const ref: SubjectRef = { kind, name: nameIn(call) }
      return isOptional && ref.name !== '' && isLabel(owners, ref) ? [ref] : []
    })
  }

  /** A subject and its ancestors, outermost first. */
  chain(owners: OwnerGuide, ref: SubjectRef): Subjects {
    return this.chainOf(owners, ref.kind, ref.name)
  }

  /** Like {@link chain}, without an object to make. */
  chainOf(owners: OwnerGuide, kind: SubjectKind, name: string): Subjects {
    const { chains } = owners
    const found = chains?.find(kind, name)
    if (found !== undefined) return found
    const chain = this.#sharedChain(owners, kind, name)
    chains?.put(chain)
    return chain
  }

  /** One list for the same subjects, shared by all guides: lists are compared by identity. */
  #sharedChain(owners: OwnerGuide, kind: SubjectKind, name: string): Subjects {
    const known = this.#chains.get(kind)?.get(name)
    if (known !== undefined && isStill(known, owners)) return known
    const chain: SubjectRef[] = []
    let next: SubjectRef | null = { kind, name }
    while (next !== null && chain.length < maxChainLevels) {
      chain.unshift({ kind: next.kind, name: next.name })
      next = owners.owner(next)?.parent ?? null
    }
    if (known === undefined && ++this.#chainCount > maxRemembered) {
      this.#chains.clear()
      this.#chainCount = 1
    }
    const chains = this.#chains.get(kind) ?? new Map<string, Subjects>()
    this.#chains.set(kind, chains.set(name, chain))
    return chain
  }

  /** The subjects of a call that a reset of `ref` includes: itself, and for some kinds its ancestors. */
  resetWith(subjects: Subjects, ref: SubjectRef): Subjects {
    const last = subjects.findIndex(other => isSameSubject(other, ref))
    let first = last
    while (first > 0) {
      const { parentKind, resetsParent } = this.of(subjects[first]?.kind ?? ref.kind)
      if (!resetsParent || parentKind === null || subjects[first - 1]?.kind !== parentKind) break
      first--
    }
    return last < 0 ? noSubjects : subjects.slice(first, last + 1)
  }

  #join(left: Subjects, right: Subjects): Subjects {
    const known = this.#joined.get(left) ?? new WeakMap<Subjects, Subjects>()
    this.#joined.set(left, known)
    const joined = known.get(right) ?? [...left, ...right]
    known.set(right, joined)
    return joined
  }
}

const noSubjects: Subjects = []

function isLabel(owners: OwnerGuide, ref: SubjectRef): boolean {
  const owner = owners.owner(ref)
  return owner === undefined ? owners.lacksOwner(ref) : owner.removedAtMs !== null
}

function isStill(chain: Subjects, owners: OwnerGuide): boolean {
  for (let at = chain.length - 1; at >= 0; at--) {
    const ref = chain[at]
    const parent = (ref && owners.owner(ref)?.parent) ?? null
    const remembered = chain[at - 1] ?? null
    if (parent === null || remembered === null) return parent === remembered
    if (!isSameSubject(parent, remembered)) return false
  }
  return true
}

/** The subjects of a call to the provider that do not depend on the consumer: the provider and its ancestors. */
export function subjectsOfProvider(owners: OwnerGuide, name: string): Subjects {
  return owners.kinds.chainOf(owners, providerKind, name)
}

/** The kinds of this release. */
export const usualKinds: SubjectKinds = new SubjectKinds()

/** The subjects of a row that states only its provider and pool, as rows of older releases do. */
export function subjectsOfFacts(call: {
  readonly providerName: string
  readonly poolName: string | null
}): readonly SubjectRef[] {
  const provider = providerRef(call.providerName)
  return call.poolName === null ? [provider] : [{ kind: poolKind, name: call.poolName }, provider]
}
