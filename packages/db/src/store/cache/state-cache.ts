import {
  type Attempt,
  BySubject,
  type Change,
  type Owner,
  OwnerChains,
  type Provider,
  providerKind,
  providerRef,
  QuotaTables,
  type SubjectGuide,
  type SubjectKind,
  type SubjectKinds,
  type SubjectModels,
  type SubjectRef,
  subjectKey,
} from '@quotakeeper/quota-core'
import type { Locked } from '../load/locked.js'
import type { RevisedSubject } from '../statements/subjects.js'
import { AllSettings } from './all-settings.js'
import { AttemptSubjectsCache } from './attempt-subjects.js'
import type { Settings, SubjectEntry } from './subject-entry.js'

/** With more pending attempts, the cached state of all subjects is dropped. */
const maxAttempts = 20_000
/** With more names that stand for no subject, too: callers invent them. */
const maxMissing = 10_000
/** Subjects of which something is cached, about a kilobyte each, until settings that lists have read are cached no more. */
const maxSettingsOfReads = 20_000
/** Batches without a write of another process after one, until the cached state is decided on again. */
const calmBatches = 16

/**
 * Bounds of what is cached of single models, as counters and models that have none: callers invent names. Some 300 bytes
 * each, and the name, which has 200 characters at most.
 */
export interface ModelBounds {
  /** Of one subject: beyond it, the models that were called the longest ago are dropped. */
  readonly maxOfSubject: number
  /** Of all subjects: beyond it, all cached state is. */
  readonly maxOfAll: number
}

const modelBounds: ModelBounds = { maxOfSubject: 10_000, maxOfAll: 50_000 }

/** A write of one batch, once it is committed. */
export interface CommittedWrite {
  readonly subjects: readonly SubjectRef[]
  /** That it has given to all of them. */
  readonly revision: string
}

/**
 * What a process has cached of the database: one entry a subject, with its settings, its revision and its state as of
 * that revision. An entry may be outdated. Settings serve to guess what to lock and to read, and are compared under the
 * lock. State is decided on, and the write then depends on the revision being the same, see `stillTrue`.
 *
 * A batch touches the state of its own subjects and attempts alone, whatever batches run beside it. Where several
 * processes write to a subject in turn, its state is not used.
 */
export class StateCache {
  readonly kinds: SubjectKinds
  readonly attempts: AttemptSubjectsCache = new AttemptSubjectsCache()
  /** Of every subject. */
  readonly allSettings: AllSettings
  /** Of the kinds that calls meet whatever their consumer. */
  readonly settingsOfProviders: AllSettings
  /** By settings as last read, even superseded ones. An owner that was not read may exist: none is known to be missing. */
  readonly guide: SubjectGuide
  readonly #bounds: ModelBounds
  readonly #chains = new OwnerChains()
  #entries = new BySubject<SubjectEntry>()
  #entryCount = 0
  #tables: QuotaTables
  #loadedCount = 0
  /** How much is cached of single models, of all subjects. */
  #modelSize = 0
  /** Names of which there was no subject when they were looked up. */
  #missingCount = 0
  #clock: { readonly databaseMs: number; readonly atMs: number } | null = null

  constructor(kinds: SubjectKinds, bounds: ModelBounds = modelBounds) {
    this.kinds = kinds
    this.allSettings = new AllSettings(kinds)
    this.settingsOfProviders = new AllSettings(kinds)
    this.guide = {
      kinds,
      owner: ref => this.#entries.get(ref)?.settings?.owner,
      lacksOwner: () => false,
      chains: this.#chains,
      attempt: id => this.#tables.attempt(id) ?? this.attempts.get(id),
    }
    this.#tables = emptyTables(kinds)
    this.#bounds = bounds
  }

  /** A subject's settings as last read; undefined where none were, or where they are known to be superseded. */
  settings(ref: SubjectRef): Settings | undefined {
    const entry = this.#entries.get(ref)
    return entry === undefined || entry.isSuperseded ? undefined : (entry.settings ?? undefined)
  }

  /** A provider as last read, even if it is superseded. */
  provider(name: string): Provider | undefined {
    const owner = this.#entries.get(providerRef(name))?.settings?.owner
    return owner?.kind === providerKind ? owner : undefined
  }

  /** Every owner of a kind, as last read. */
  *owners(kind: SubjectKind): Iterable<Owner> {
    for (const { settings } of this.#entries.ofKind(kind)) if (settings !== null) yield settings.owner
  }

  /** Replaces settings by those of the tables, which are committed. Those without a version could not be compared. */
  putSettings(tables: QuotaTables): void {
    for (const owner of tables.owners()) {
      const subject = tables.subject(owner)
      if (subject === undefined) continue
      const entry = this.#entryOf(subject)
      this.#chains.ownerChanged(owner, entry.settings?.owner, owner)
      entry.settings = { subject, owner }
      entry.isSuperseded = false
    }
    for (const attempt of tables.attempts.values()) this.attempts.put(attempt)
  }

  /** The same for settings that were read for an answer, while few are cached: a list may go through any number of them. */
  putSettingsOfRead(tables: QuotaTables): void {
    if (this.#entryCount < maxSettingsOfReads) this.putSettings(tables)
  }

  /** Another version was found under the lock: the settings are read again. */
  supersedeSettings(ref: SubjectRef): void {
    this.#entryOf(ref).isSuperseded = true
  }

  /** State to decide on, of subjects that {@link revisionsOf} and {@link holdsModels} have found in it. */
  get tables(): QuotaTables {
    return this.#tables
  }

  /** Whether {@link dropState} is due. */
  get isFull(): boolean {
    if (this.#missingCount > maxMissing) return true
    return this.#tables.attempts.size > maxAttempts || this.#modelSize > this.#bounds.maxOfAll
  }

  /**
   * Drops the state of all subjects; settings stay. Batches may be running: what one of them writes is known again when
   * the next batch of its subjects has loaded them under locks.
   */
  dropState(): void {
    const entries = new BySubject<SubjectEntry>()
    this.#entryCount = 0
    for (const { settings, isSuperseded } of this.#entries.values()) {
      if (settings === null) continue
      entries.set(settings.subject, { settings, isSuperseded, state: null, modelSize: 0 })
      this.#entryCount++
    }
    this.#entries = entries
    this.#tables = emptyTables(this.kinds)
    this.#modelSize = 0
    this.#missingCount = 0
  }

  /** Rises with each batch that has loaded its subjects under locks: what was read without locks before may be outdated. */
  get loadedCount(): number {
    return this.#loadedCount
  }

  /** About what the database's clock shows; null before its first answer. Late by as long as an answer took. */
  nowMs(): number | null {
    return this.#clock && Math.floor(this.#clock.databaseMs + performance.now() - this.#clock.atMs)
  }

  /** Sets the clock by what the database has just answered. */
  setClock(databaseMs: number): void {
    this.#clock = { databaseMs, atMs: performance.now() }
  }

  /** These subjects with the revisions that their cached state is of; null where that of one cannot be decided on. */
  revisionsOf(subjects: readonly SubjectRef[]): readonly RevisedSubject[] | null {
    const revised: RevisedSubject[] = []
    for (const { kind, name } of subjects) {
      const state = this.#entries.at(kind, name)?.state
      if (!state?.isCurrent || state.batchesUntilUse > 0) return null
      revised.push({ id: state.id, revision: state.revision, kind, name })
    }
    return revised
  }

  /** Whether counters of all these models are cached, of subjects whose state is. Those that are will be dropped later. */
  holdsModels(models: readonly SubjectModels[]): boolean {
    if (!models.every(asked => this.#tables.knowsModels(asked))) return false
    for (const asked of models) this.#tables.touchModels(asked)
    return true
  }

  /** Takes over what a batch has loaded under locks, decided and written; null where it has written nothing. */
  putState({ tables, revised }: Locked, write: CommittedWrite | null): void {
    this.#loadedCount++
    const own = new BySubject<true>()
    for (const subject of revised) {
      own.set(subject, true)
      this.#putRevision(subject, tables)
      this.#boundModels(subject, this.#entryOf(subject))
    }
    this.#tables.takeOverUsage(tables)
    // One of other subjects is there where its id was asked for again.
    for (const attempt of tables.attempts.values())
      if (attempt.subjects.every(subject => own.get(subject) === true)) this.#putAttempt(attempt)
    if (write !== null) this.#putWrite(write)
  }

  #putRevision({ id, revision, kind, name }: RevisedSubject, loaded: QuotaTables): void {
    const ref: SubjectRef = { kind, name }
    const entry = this.#entryOf(ref)
    const before = entry.state
    if (revision === null && before === null) this.#missingCount++
    const isCalm = before === null || before.revision === revision
    const isUnchanged = before?.isCurrent === true && isCalm
    if (!isUnchanged) this.#tables.dropPending(ref)
    // What was not loaded is still as it is cached, if no other process has written to the subject.
    this.#tables.takeOver(ref, loaded, isUnchanged)
    const batchesUntilUse = isCalm ? Math.max(0, (before?.batchesUntilUse ?? 0) - 1) : calmBatches
    entry.state = { id, revision, isCurrent: true, batchesUntilUse }
  }

  /** Takes over that a batch which was decided on {@link tables}, and so is in them, is committed. */
  confirmWrite(changes: readonly Change[], write: CommittedWrite): void {
    for (const change of changes) {
      if (change.table === 'attempt' && change.row.state !== 'pending') this.#tables.dropAttempt(change.row)
    }
    // They are the database's now.
    this.#tables.alerts.length = 0
    this.#putWrite(write)
  }

  /** Notes of which of these subjects attempts are due, whichever process has made them. */
  markDue(subjects: readonly SubjectRef[], due: readonly SubjectRef[]): void {
    const isDue = new Set(due.map(subjectKey))
    for (const subject of subjects)
      this.#tables.markDue(subject, due.length > 0 && isDue.has(subjectKey(subject)))
  }

  /**
   * The cached state of these subjects is outdated, or it is unknown whether a batch that was decided on it is committed.
   * Its attempts go, too: what the batch was to settle may still be pending.
   */
  invalidate(subjects: readonly SubjectRef[], attemptIds: readonly string[]): void {
    for (const subject of subjects) {
      const state = this.#entries.get(subject)?.state
      if (state) state.isCurrent = false
      if (subject.kind === providerKind) this.#tables.dropUsage(subject.name)
    }
    for (const id of attemptIds) {
      const attempt = this.#tables.attempt(id)
      if (attempt !== undefined) this.#tables.dropAttempt(attempt)
    }
    this.#tables.alerts.length = 0
  }

  #entryOf(ref: SubjectRef): SubjectEntry {
    const entry = this.#entries.get(ref)
    if (entry !== undefined) return entry
    const made: SubjectEntry = { settings: null, isSuperseded: false, state: null, modelSize: 0 }
    this.#entryCount++
    this.#entries.set(ref, made)
    return made
  }

  /** Attempts that are settled are of no more use. */
  #putAttempt(attempt: Attempt): void {
    if (attempt.state === 'pending') this.#tables.apply([{ table: 'attempt', row: attempt }])
    else this.#tables.dropAttempt(attempt)
  }

  #putWrite({ subjects, revision }: CommittedWrite): void {
    for (const subject of subjects) {
      const entry = this.#entryOf(subject)
      if (entry.state) entry.state.revision = revision
      this.#boundModels(subject, entry)
    }
  }

  /** Drops models of the subject beyond the bound, and counts those that are left. */
  #boundModels(subject: SubjectRef, entry: SubjectEntry): void {
    const size = this.#tables.forgetModelsBeyond(subject, this.#bounds.maxOfSubject)
    this.#modelSize += size - entry.modelSize
    entry.modelSize = size
  }
}

function emptyTables(kinds: SubjectKinds): QuotaTables {
  const ledger = (): never => {
    throw new Error('sums over the ledger are not cached')
  }
  return new QuotaTables(ledger, { holdsAllCounters: false, kinds })
}
