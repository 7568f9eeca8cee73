import {
  type Attempt,
  type Command,
  concernedSubjects,
  type ModelGuide,
  type Pool,
  type Provider,
  QuotaTables,
  type Subject,
  type SubjectGuide,
  type SubjectRef,
  subjectKey,
} from '@quotakeeper/quota-core'

/** A provider, and the pool through which it is called. */
type Call = Pick<Attempt, 'providerName' | 'poolName'>

/** Attempts remembered at most: what is forgotten costs a second round, not an error. */
const mostAttempts = 100_000

/** A subject's settings as last read, with those of the provider or pool that it stands for. */
export interface Settings {
  readonly subject: Subject
  readonly owner:
    | { readonly table: 'provider'; readonly row: Provider }
    | { readonly table: 'pool'; readonly row: Pool }
}

/**
 * What a process has read of settings and attempts. It serves to guess which locks a batch needs, and to
 * spare reading settings again: the lock tells whether their version is still the one that is known, so
 * nothing that is remembered decides unless it is true under the lock.
 */
export class KnownSettings {
  readonly #tables = new QuotaTables(() => [])
  /** Which provider and pool an attempt that is pending belongs to. */
  readonly #calls = new Map<string, Call>()
  /** Every such pair once, so that remembering an attempt makes nothing that outlives it. */
  readonly #pairs = new Map<string, Call>()
  readonly #stale = new Set<string>()

  /** The subjects that a command probably concerns; `attempts` may tell of some that are not known here. */
  subjectsOf(command: Command, attempts: Pick<SubjectGuide, 'attempt'>): readonly SubjectRef[] {
    const guide: SubjectGuide = {
      attempt: id => attempts.attempt(id) ?? this.#calls.get(id),
      provider: name => this.#tables.provider(name),
    }
    return concernedSubjects(guide, command)
  }

  /** What is known, to tell of which models commands meet counters; `attempts` are what is known of attempts. */
  guide(attempts: Pick<ModelGuide, 'attempt'>): ModelGuide {
    return {
      attempt: id => attempts.attempt(id),
      provider: name => this.#tables.provider(name),
      subject: ref => this.of(ref)?.subject,
    }
  }

  /** These providers, those that probably share a pool with one of them, and the pools. */
  subjectsRelatedTo(providerNames: readonly string[]): readonly SubjectRef[] {
    const names = new Set(providerNames)
    const pools = new Set<string>()
    for (const name of providerNames) {
      const pool = this.#tables.provider(name)?.pool ?? null
      if (pool !== null) pools.add(pool)
    }
    if (pools.size > 0) {
      for (const { name, pool } of this.#tables.providers())
        if (pool !== null && pools.has(pool)) names.add(name)
    }
    return [
      ...[...pools].map((name): SubjectRef => ({ kind: 'pool', name })),
      ...[...names].map((name): SubjectRef => ({ kind: 'provider', name })),
    ]
  }

  /** A subject's settings; undefined where they are not known. */
  of(ref: SubjectRef): Settings | undefined {
    const subject = this.#tables.subject(ref)
    if (subject === undefined || this.#stale.has(subjectKey(ref))) return undefined
    if (ref.kind === 'provider') {
      const row = this.#tables.provider(ref.name)
      return row && { subject, owner: { table: 'provider', row } }
    }
    const row = this.#tables.pool(ref.name)
    return row && { subject, owner: { table: 'pool', row } }
  }

  /** Settings that have turned out to be old: they are read again. */
  forget(ref: SubjectRef): void {
    this.#stale.add(subjectKey(ref))
  }

  /** Remembers what was read or has been written. */
  learn(tables: QuotaTables): void {
    for (const row of tables.providers()) this.#learnOwner(tables, { table: 'provider', row })
    for (const row of tables.pools()) this.#learnOwner(tables, { table: 'pool', row })
    for (const attempt of tables.attempts.values()) this.#remember(attempt)
  }

  #learnOwner(tables: QuotaTables, owner: Settings['owner']): void {
    const subject = tables.subject({ kind: owner.table, name: owner.row.name })
    // Settings without their version could not be checked.
    if (subject === undefined) return
    this.#tables.apply([owner, { table: 'subject', row: subject }])
    this.#stale.delete(subjectKey(subject))
  }

  #remember({ id, state, providerName, poolName }: Attempt): void {
    if (state !== 'pending') {
      this.#calls.delete(id)
      return
    }
    this.#calls.set(id, this.#pairOf(providerName, poolName))
    if (this.#calls.size <= mostAttempts) return
    // The older half at once. One at a time, each look for the oldest passes over all the gaps that the
    // deleted ones before it have left in the map.
    let excess = this.#calls.size / 2
    for (const oldest of this.#calls.keys()) {
      if (excess-- <= 0) break
      this.#calls.delete(oldest)
    }
  }

  #pairOf(providerName: string, poolName: string | null): Call {
    const key = `${providerName}\n${poolName ?? ''}`
    const known = this.#pairs.get(key)
    if (known !== undefined) return known
    const pair: Call = { providerName, poolName }
    this.#pairs.set(key, pair)
    return pair
  }
}
