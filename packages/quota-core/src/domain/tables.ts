import type { Alert } from './alert.js'
import type { Attempt } from './attempt.js'
import { BySubject } from './by-subject.js'
import { type SubjectKinds, usualKinds } from './call-subjects.js'
import type { CoolDown } from './cool-down.js'
import type { Counter } from './counter.js'
import { addSums, type CountSums, noCounts } from './counts.js'
import { type Owner, type Provider, reliesOn } from './owner.js'
import { OwnerChains } from './owner-chains.js'
import type {
  AuditEntry,
  CallsAheadQuery,
  Change,
  LedgerQuery,
  LedgerSum,
  QuotaState,
  SubjectModels,
} from './state.js'
import { compareSubjects, providerRef, type Subject, type SubjectRef } from './subject.js'
import { type ModelCounters, SubjectCounters } from './subject-counters.js'
import { providerKind, type SubjectKind } from './subject-kinds.js'

/**
 * Rows in memory, as state to decide on. The memory store keeps one permanently; a database store fills one per batch
 * with the rows that it has locked.
 */
export class QuotaTables implements QuotaState {
  readonly attempts: Map<string, Attempt> = new Map()
  readonly alerts: Alert[] = []
  readonly auditEntries: AuditEntry[] = []
  readonly kinds: SubjectKinds
  readonly chains: OwnerChains = new OwnerChains()
  readonly #owners = new BySubject<Owner>()
  /** Owners that the store found not to exist. */
  readonly #missingOwners = new BySubject<true>()
  readonly #subjects = new BySubject<Subject>()
  readonly #counters = new BySubject<SubjectCounters>()
  readonly #coolDowns = new BySubject<Map<string, CoolDown>>()
  readonly #pending = new BySubject<Map<string, Attempt>>()
  /** Subjects with pending attempts that are not loaded. */
  readonly #knownPending = new BySubject<true>()
  /** Subjects with due attempts that are not loaded. */
  readonly #knownDue = new BySubject<true>()
  /** No attempt of the subject is due before this instant; avoids a scan of pending attempts. */
  readonly #nothingDueBeforeMs = new BySubject<number>()
  readonly #usage = new Map<string, CountSums>()
  readonly #ledger: (query: LedgerQuery) => readonly LedgerSum[]
  readonly #holdsAllCounters: boolean
  #holdsAllOwners: boolean

  /**
   * `ledger` reads sums that the tables do not hold. Partially filled tables hold only counters of models named by
   * {@link loadModels}; reading others throws. An owner is absent only if {@link markMissing} says so.
   */
  constructor(
    ledger: (query: LedgerQuery) => readonly LedgerSum[],
    {
      holdsAllCounters = true,
      kinds = usualKinds,
    }: { readonly holdsAllCounters?: boolean; readonly kinds?: SubjectKinds } = {},
  ) {
    this.kinds = kinds
    this.#ledger = ledger
    this.#holdsAllCounters = holdsAllCounters
    this.#holdsAllOwners = holdsAllCounters
  }

  provider(name: string): Provider | undefined {
    const owner = this.#owners.get(providerRef(name))
    return owner?.kind === providerKind ? owner : undefined
  }

  owner(ref: SubjectRef): Owner | undefined {
    return this.#owners.get(ref)
  }

  lacksOwner(ref: SubjectRef): boolean {
    if (this.#owners.get(ref) !== undefined) return false
    return this.#holdsAllOwners || this.#missingOwners.get(ref) === true
  }

  subject(ref: SubjectRef): Subject | undefined {
    return this.#subjects.get(ref)
  }

  counter(ref: SubjectRef, limitId: string, model: string): Counter | undefined {
    return this.#countersOf(ref).get(model, limitId)
  }

  countersOfModel(ref: SubjectRef, model: string): Iterable<Counter> {
    return this.#countersOf(ref).ofModel(model)
  }

  counters(ref: SubjectRef): Iterable<Counter> {
    return this.#countersOf(ref).all()
  }

  countersOfLimit(ref: SubjectRef, limitId: string): ModelCounters {
    return this.#countersOf(ref).ofLimit(limitId)
  }

  /** Whether the counters named by {@link concernedModels} are loaded. */
  knowsModels(asked: SubjectModels): boolean {
    const counters = this.#countersOf(asked)
    const { models } = asked
    if (models === 'all') return counters.isWhole
    return counters.knows('') && models.every(model => counters.knows(model))
  }

  /** Marks the counters of these models, and the shared ones, as loaded; the caller applies them next. */
  loadModels({ models, ...ref }: SubjectModels): void {
    const counters = this.#countersOf(ref)
    counters.loadModel('')
    if (models === 'all') counters.loadAll()
    else for (const model of models) counters.loadModel(model)
  }

  /** Sets the counters of a limit that answers list. */
  loadNewest(ref: SubjectRef, limitId: string, counters: ModelCounters): void {
    this.#countersOf(ref).loadNewest(limitId, counters)
  }

  /** Marks these models as recently used; others are evicted first. */
  touchModels(asked: SubjectModels): void {
    const { models } = asked
    if (models === 'all' || models.length === 0) return
    const counters = this.#countersOf(asked)
    for (const model of models) counters.touch(model)
  }

  /** Evicts counters of least recently used models; returns the remaining `modelSize`. */
  forgetModelsBeyond(ref: SubjectRef, maxModelSize: number): number {
    const counters = this.#countersOf(ref)
    counters.forgetBeyond(maxModelSize)
    return counters.modelSize
  }

  coolDowns(ref: SubjectRef): Iterable<CoolDown> {
    return this.#coolDowns.get(ref)?.values() ?? []
  }

  attempt(id: string): Attempt | undefined {
    return this.attempts.get(id)
  }

  hasDue(ref: SubjectRef, nowMs: number): boolean {
    if (this.#knownDue.get(ref) === true) return true
    if (nowMs < (this.#nothingDueBeforeMs.get(ref) ?? 0)) return false
    let nextDueMs = Number.POSITIVE_INFINITY
    for (const attempt of this.#pending.get(ref)?.values() ?? []) {
      const expiresAtMs = attempt.expiresAtMs ?? 0
      if (expiresAtMs <= nowMs) return true
      nextDueMs = Math.min(nextDueMs, expiresAtMs)
    }
    this.#nothingDueBeforeMs.set(ref, nextDueMs)
    return false
  }

  /** The subject's loaded pending attempts. */
  pendingAttempts(ref: SubjectRef): Iterable<Attempt> {
    return this.#pending.get(ref)?.values() ?? []
  }

  usage(providerName: string, date: string): CountSums {
    return this.#usage.get(usageKey(providerName, date)) ?? noCounts
  }

  *providers(): Iterable<Provider> {
    for (const owner of this.#owners.ofKind(providerKind)) if (owner.kind === providerKind) yield owner
  }

  owners(kind?: SubjectKind): Iterable<Owner> {
    return kind === undefined ? this.#owners.values() : this.#owners.ofKind(kind)
  }

  hasPending(ref: SubjectRef): boolean {
    return this.#knownPending.get(ref) === true || (this.#pending.get(ref)?.size ?? 0) > 0
  }

  members(ref: SubjectRef): readonly Owner[] {
    const members: Owner[] = []
    for (const kind of this.kinds.dependentsOf(ref.kind)) {
      for (const owner of this.#owners.ofKind(kind))
        if (owner.removedAtMs === null && reliesOn(owner, ref)) members.push(owner)
    }
    return members.sort(compareSubjects)
  }

  ledgerSums(query: LedgerQuery): readonly LedgerSum[] {
    return this.#ledger(query)
  }

  callsAhead(query: CallsAheadQuery): readonly Attempt[] {
    const names = new Set(query.providerNames)
    const pending: Attempt[] = []
    const settled: Attempt[] = []
    for (const attempt of this.attempts.values()) {
      if (!names.has(attempt.providerName) || !isCallAhead(attempt, query)) continue
      if (attempt.state === 'pending') pending.push(attempt)
      else settled.push(attempt)
    }
    return [...settled.slice(0, query.maxSettled), ...pending.slice(0, query.maxPending)]
  }

  /** Applies the changes of a decision. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) this.#applyOne(change)
  }

  /** Copies owners and subjects of other tables. */
  copySettings(from: QuotaTables): void {
    this.#owners.copy(from.#owners)
    this.chains.clear()
    this.#subjects.copy(from.#subjects)
    if (from.#holdsAllOwners) this.#holdsAllOwners = true
  }

  /** Records that the owner does not exist; null records that every existing owner is loaded. */
  markMissing(ref: SubjectRef | null): void {
    if (ref === null) this.#holdsAllOwners = true
    else this.#missingOwners.set(ref, true)
  }

  /**
   * Replaces a subject's rows, except attempts, by those of `from`. Counters of models not loaded in `from` are
   * dropped, unless `keepsModels` is true.
   */
  takeOver(ref: SubjectRef, from: QuotaTables, keepsModels: boolean): void {
    const subject = from.subject(ref)
    if (subject !== undefined) this.#subjects.set(ref, subject)
    const loaded = from.#countersOf(ref)
    if (!keepsModels || loaded.isWhole) this.#counters.set(ref, new SubjectCounters(this.#holdsAllCounters))
    this.#countersOf(ref).addLoaded(loaded)
    this.#coolDowns.set(ref, new Map(from.#coolDowns.get(ref)))
    this.markDue(ref, from.#knownDue.get(ref) === true)
    const owner = from.owner(ref)
    if (owner !== undefined) this.#putOwner(owner)
    else if (from.lacksOwner(ref)) this.#missingOwners.set(ref, true)
  }

  /** Copies daily sums of other tables. */
  takeOverUsage(from: QuotaTables): void {
    for (const [key, counts] of from.#usage) this.#usage.set(key, counts)
  }

  /** Unloads an attempt. */
  dropAttempt(attempt: Attempt): void {
    this.attempts.delete(attempt.id)
    for (const subject of attempt.subjects) this.#pending.get(subject)?.delete(attempt.id)
  }

  /** Unloads the daily sums of a provider. */
  dropUsage(providerName: string): void {
    for (const key of this.#usage.keys()) if (key.startsWith(`${providerName}\n`)) this.#usage.delete(key)
  }

  /** Unloads all pending attempts of a subject. */
  dropPending(ref: SubjectRef): void {
    for (const attempt of [...(this.#pending.get(ref)?.values() ?? [])]) this.dropAttempt(attempt)
  }

  /** Records that the subject has pending attempts that are not loaded. */
  markPending(ref: SubjectRef): void {
    this.#knownPending.set(ref, true)
  }

  /** Records whether the subject has due attempts that are not loaded. */
  markDue(ref: SubjectRef, isDue: boolean): void {
    if (isDue) this.#knownDue.set(ref, true)
    else this.#knownDue.delete(ref)
  }

  /** Sets a daily sum read by a store. */
  loadUsage(providerName: string, date: string, counts: CountSums): void {
    this.#usage.set(usageKey(providerName, date), counts)
  }

  #applyOne(change: Change): void {
    switch (change.table) {
      case 'owner':
        this.#putOwner(change.row)
        return
      case 'subject':
        this.#subjects.set(change.row, change.row)
        return
      case 'counter':
        this.#countersOf(change.row.subject).set(change.row)
        return
      case 'droppedCounter':
        this.#countersOf(change.row.subject).delete(change.row)
        return
      case 'coolDown':
        rowsOf(this.#coolDowns, change.row.subject).set(coolDownKey(change.row), change.row)
        return
      case 'endedCoolDown':
        rowsOf(this.#coolDowns, change.row.subject).delete(coolDownKey(change.row))
        return
      case 'attempt':
      case 'redatedAttempt':
        this.#applyAttempt(change.row)
        return
      case 'usage': {
        const { providerName, date, counts } = change.row
        const key = usageKey(providerName, date)
        this.#usage.set(key, addSums(this.#usage.get(key) ?? noCounts, counts))
        return
      }
      case 'alert':
        this.alerts.push(change.row)
        return
      case 'audit':
        this.auditEntries.push(change.row)
        return
    }
  }

  #putOwner(owner: Owner): void {
    this.chains.ownerChanged(owner, this.#owners.get(owner), owner)
    this.#owners.set(owner, owner)
  }

  #countersOf(ref: SubjectRef): SubjectCounters {
    const counters = this.#counters.get(ref)
    if (counters !== undefined) return counters
    const made = new SubjectCounters(this.#holdsAllCounters)
    this.#counters.set(ref, made)
    return made
  }

  #applyAttempt(attempt: Attempt): void {
    this.attempts.set(attempt.id, attempt)
    for (const subject of attempt.subjects) {
      const pending = rowsOf(this.#pending, subject)
      if (attempt.state === 'pending') {
        pending.set(attempt.id, attempt)
        const boundMs = this.#nothingDueBeforeMs.get(subject) ?? 0
        const expiresAtMs = attempt.expiresAtMs ?? 0
        if (expiresAtMs < boundMs) this.#nothingDueBeforeMs.set(subject, expiresAtMs)
      } else {
        pending.delete(attempt.id)
      }
    }
  }
}

function isCallAhead(
  { kind, state, occurredAtMs, settledAtMs }: Attempt,
  { fromMs, datedFromMs, settledAfterMs }: CallsAheadQuery,
): boolean {
  if (kind !== 'call' || state === 'committed') return false
  return occurredAtMs >= fromMs || (occurredAtMs >= datedFromMs && (settledAtMs ?? 0) > settledAfterMs)
}

function rowsOf<Row>(tables: BySubject<Map<string, Row>>, subject: SubjectRef): Map<string, Row> {
  const rows = tables.get(subject)
  if (rows !== undefined) return rows
  const made = new Map<string, Row>()
  tables.set(subject, made)
  return made
}

function coolDownKey(coolDown: CoolDown): string {
  return `${coolDown.kind}\n${coolDown.model}`
}

function usageKey(providerName: string, date: string): string {
  return `${providerName}\n${date}`
}
