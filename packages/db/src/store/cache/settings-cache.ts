import {
  type Attempt,
  type Command,
  concernedSubjects,
  type ModelGuide,
  type Owner,
  type OwnerGuide,
  QuotaTables,
  type Subject,
  type SubjectGuide,
  type SubjectKinds,
  type SubjectRef,
  subjectKey,
  subjectsOfProvider,
  uniqueSubjects,
} from '@quotakeeper/quota-core'

/** A provider, and whose limits its call meets. */
type Call = Pick<Attempt, 'providerName' | 'subjects'>

/** Attempts remembered at most: what is forgotten costs a second round, not an error. */
const maxAttempts = 100_000

/** With so many different calls, they are told apart anew. */
const maxCalls = 10_000

/** A subject's settings as last read, with its owner. */
export interface Settings {
  readonly subject: Subject
  readonly owner: Owner
}

/**
 * What a process has read of settings and attempts. It serves to guess which locks a batch needs, and to
 * spare reading settings again: the lock tells whether their version is still the one that is known, so
 * nothing that is remembered decides unless it is true under the lock.
 */
export class SettingsCache {
  readonly #tables: QuotaTables
  /** Which subjects an attempt that is pending concerns. */
  readonly #calls = new Map<string, Call>()
  /** Every such list once, so that remembering an attempt makes nothing that outlives it. */
  readonly #different = new Map<string, Call>()
  readonly #stale = new Set<string>()

  readonly #owners: OwnerGuide

  constructor(kinds: SubjectKinds) {
    // Of what was never read it is not known whether it is there.
    const tables = new QuotaTables(() => [], { holdsAllCounters: false, kinds })
    this.#tables = tables
    this.#owners = { kinds, owner: ref => tables.owner(ref), lacksOwner: ref => tables.lacksOwner(ref) }
  }

  get kinds(): SubjectKinds {
    return this.#tables.kinds
  }

  /** The subjects that a command probably concerns; `attempts` may tell of some that are not known here. */
  subjectsOf(command: Command, attempts: Pick<SubjectGuide, 'attempt'>): readonly SubjectRef[] {
    const guide: SubjectGuide = {
      kinds: this.kinds,
      owner: this.#owners.owner,
      lacksOwner: this.#owners.lacksOwner,
      attempt: id => attempts.attempt(id) ?? this.#calls.get(id),
    }
    return concernedSubjects(guide, command)
  }

  /** What is known, to tell of which models commands meet counters; `attempts` are what is known of attempts. */
  guide(attempts: Pick<ModelGuide, 'attempt'>): ModelGuide {
    return {
      ...this.#owners,
      attempt: id => attempts.attempt(id),
      provider: name => this.#tables.provider(name),
      subject: ref => this.of(ref)?.subject,
    }
  }

  /** These providers, those that probably share an ancestor with one of them, and their ancestors. */
  subjectsRelatedTo(providerNames: readonly string[]): readonly SubjectRef[] {
    const chains = providerNames.map(name => subjectsOfProvider(this.#tables, name))
    const shared = new Set(
      chains.flatMap(([outermost, ...below]) => (below.length > 0 ? [outermost] : [])).map(keyOf),
    )
    if (shared.size > 0) {
      for (const { name } of this.#tables.providers()) {
        const chain = subjectsOfProvider(this.#tables, name)
        if (chain.length > 1 && shared.has(keyOf(chain[0]))) chains.push(chain)
      }
    }
    return uniqueSubjects(chains.flat())
  }

  /** A subject's settings; undefined where they are not known. */
  of(ref: SubjectRef): Settings | undefined {
    const subject = this.#tables.subject(ref)
    if (subject === undefined || this.#stale.has(subjectKey(ref))) return undefined
    const owner = this.#tables.owner(ref)
    return owner && { subject, owner }
  }

  /** Settings that have turned out to be old: they are read again. */
  forget(ref: SubjectRef): void {
    this.#stale.add(subjectKey(ref))
  }

  /** Remembers what was read or has been written. */
  learn(tables: QuotaTables): void {
    for (const owner of tables.owners()) this.#learnOwner(tables, owner)
    for (const attempt of tables.attempts.values()) this.#remember(attempt)
  }

  #learnOwner(tables: QuotaTables, owner: Owner): void {
    const subject = tables.subject(owner)
    // Settings without their version could not be checked.
    if (subject === undefined) return
    this.#tables.apply([
      { table: 'owner', row: owner },
      { table: 'subject', row: subject },
    ])
    this.#stale.delete(subjectKey(subject))
  }

  #remember({ id, state, providerName, subjects }: Attempt): void {
    if (state !== 'pending') {
      this.#calls.delete(id)
      return
    }
    this.#calls.set(id, this.#callOf(providerName, subjects))
    if (this.#calls.size <= maxAttempts) return
    // The older half at once. One at a time, each look for the oldest passes over all the gaps that the
    // deleted ones before it have left in the map.
    let excess = this.#calls.size / 2
    for (const oldest of this.#calls.keys()) {
      if (excess-- <= 0) break
      this.#calls.delete(oldest)
    }
  }

  #callOf(providerName: string, subjects: readonly SubjectRef[]): Call {
    const key = subjects.map(subjectKey).join('\n\n')
    const known = this.#different.get(key)
    if (known !== undefined) return known
    const call: Call = { providerName, subjects }
    if (this.#different.size >= maxCalls) this.#different.clear()
    this.#different.set(key, call)
    return call
  }
}

function keyOf(ref: SubjectRef | undefined): string {
  return ref === undefined ? '' : subjectKey(ref)
}
