import {
  type Attempt,
  BySubject,
  type Change,
  providerKind,
  QuotaTables,
  type SubjectKinds,
  type SubjectModels,
  type SubjectRef,
  subjectKey,
} from '@quotakeeper/quota-core'
import type { Written } from '../batch/changed-subjects.js'
import type { Locked } from '../load/locked.js'
import type { RevisedSubject } from '../statements/subjects.js'

/** With so many pending attempts, it is time to begin anew, remembering nothing. */
const maxAttempts = 20_000
/** With so many names of which there is no subject, too: callers invent them. */
const maxMissing = 10_000
/** In how many batches nobody else must have written to a subject until what is remembered of it is tried again. */
const calmBatches = 16

/**
 * What is remembered of single models, as counters and models that have none: callers invent names. Some 300 bytes
 * each, and the name, which has 200 characters at most.
 */
export interface ModelBounds {
  /** Of one subject: beyond it, the models that were called the longest ago are forgotten. */
  readonly maxOfSubject: number
  /** Of all subjects: beyond it, everything is. */
  readonly maxOfAll: number
}

const modelBounds: ModelBounds = { maxOfSubject: 10_000, maxOfAll: 50_000 }

/** What is known of a subject's row. */
interface Entry {
  /** By which attempts name it; 0 where there is none of the name. */
  readonly id: number
  /** The stamp after the last write that is known of; null where there is none of the name. */
  readonly revision: string | null
  /** Whether the tables hold what was true under that stamp. */
  readonly isHeld: boolean
  /** How many batches are still to find that nobody else writes to the subject. */
  readonly restless: number
}

/**
 * The state of subjects as this process's last batch of each has left it. A batch touches what is remembered of its own
 * subjects and attempts alone, whatever others run beside it. It may be old: whoever decides on it lets
 * the write depend on the stamps, which every write to a subject replaces. Where several processes write to a
 * subject in turn, it is not tried.
 */
export class StateCache {
  readonly #tables: QuotaTables
  readonly #entries = new BySubject<Entry>()
  #learnedCount = 0
  readonly #bounds: ModelBounds
  /** How much is remembered of single models, of each subject and of all. */
  readonly #modelSizes = new BySubject<number>()
  #modelSize = 0
  /** Names of which there was no subject when they were looked for. */
  #missingCount = 0
  #clock: { readonly databaseMs: number; readonly atMs: number } | null = null

  constructor(kinds: SubjectKinds, bounds: ModelBounds = modelBounds) {
    this.#tables = emptyTables(kinds)
    this.#bounds = bounds
  }

  /** To decide on, where {@link revisionsOf} and {@link holdsModels} have answered. */
  get tables(): QuotaTables {
    return this.#tables
  }

  /** Whether it is time to begin anew. Batches that run go on with it. */
  get isFull(): boolean {
    if (this.#missingCount > maxMissing) return true
    return this.#tables.attempts.size > maxAttempts || this.#modelSize > this.#bounds.maxOfAll
  }

  /** Rises with each batch that was read under locks: what was read without them before may be old since. */
  get learnedCount(): number {
    return this.#learnedCount
  }

  /** About what the database's clock shows; null before it was heard. Late by as long as an answer took. */
  nowMs(): number | null {
    return this.#clock && Math.floor(this.#clock.databaseMs + performance.now() - this.#clock.atMs)
  }

  /** Sets the clock by what the database has just said. */
  hearClock(databaseMs: number): void {
    this.#clock = { databaseMs, atMs: performance.now() }
  }

  /** These subjects with the stamps under which their state is remembered; null where that of one is not. */
  revisionsOf(subjects: readonly SubjectRef[]): readonly RevisedSubject[] | null {
    const revised: RevisedSubject[] = []
    for (const subject of subjects) {
      const entry = this.#entries.get(subject)
      if (entry === undefined || !entry.isHeld || entry.restless > 0) return null
      revised.push({ id: entry.id, revision: entry.revision, kind: subject.kind, name: subject.name })
    }
    return revised
  }

  /** Whether counters of all these models are remembered, of subjects whose state is. Those that are stay for longer. */
  holdsModels(models: readonly SubjectModels[]): boolean {
    if (!models.every(asked => this.#tables.knowsModels(asked))) return false
    for (const asked of models) this.#tables.touchModels(asked)
    return true
  }

  /** Takes over what a batch has loaded under locks, decided and written. */
  learn({ tables, revised }: Locked, written: Written): void {
    this.#learnedCount++
    const own = new BySubject<true>()
    for (const { id, revision, ...subject } of revised) {
      own.set(subject, true)
      if (revision === null) this.#missingCount++
      const entry = this.#entries.get(subject)
      const isCalm = entry === undefined || entry.revision === revision
      if (!isCalm || entry?.isHeld !== true) this.#tables.dropPending(subject)
      // What was not loaded is still as it is remembered, if nobody else has written to the subject.
      this.#tables.takeOver(subject, tables, entry?.isHeld === true && entry.revision === revision)
      const restless = isCalm ? Math.max(0, (entry?.restless ?? 0) - 1) : calmBatches
      this.#entries.set(subject, { id, revision, isHeld: true, restless })
      this.#boundModels(subject)
    }
    this.#tables.takeOverUsage(tables)
    // One of other subjects is there where its id was asked for again.
    for (const attempt of tables.attempts.values())
      if (attempt.subjects.every(subject => own.get(subject) === true)) this.#keep(attempt)
    this.#revision(written)
  }

  /** Takes over that a batch which was decided on {@link tables}, and so is in them, is written. */
  confirm(changes: readonly Change[], written: Written): void {
    for (const change of changes) {
      if (change.table === 'attempt' && change.row.state !== 'pending') this.#tables.dropAttempt(change.row)
    }
    // They are the database's now.
    this.#tables.alerts.length = 0
    this.#revision(written)
  }

  /** Notes of which of these subjects attempts are due, whoever has made them. */
  noteDue(subjects: readonly SubjectRef[], due: readonly SubjectRef[]): void {
    const isDue = new Set(due.map(subjectKey))
    for (const subject of subjects)
      this.#tables.markDue(subject, due.length > 0 && isDue.has(subjectKey(subject)))
  }

  /**
   * What is remembered of these subjects has turned out to be old, or it is not known what became of a batch that
   * was decided on it. Its attempts are forgotten, too: what was to be settled by it may not be.
   */
  forget(subjects: readonly SubjectRef[], attemptIds: readonly string[]): void {
    for (const subject of subjects) {
      const entry = this.#entries.get(subject)
      if (entry !== undefined) this.#entries.set(subject, { ...entry, isHeld: false })
      if (subject.kind === providerKind) this.#tables.dropUsage(subject.name)
    }
    for (const id of attemptIds) {
      const attempt = this.#tables.attempt(id)
      if (attempt !== undefined) this.#tables.dropAttempt(attempt)
    }
    this.#tables.alerts.length = 0
  }

  /** Attempts that are settled are of no more use. */
  #keep(attempt: Attempt): void {
    if (attempt.state === 'pending') this.#tables.apply([{ table: 'attempt', row: attempt }])
    else this.#tables.dropAttempt(attempt)
  }

  #revision({ subjects, revision }: Written): void {
    for (const subject of subjects) {
      const entry = this.#entries.get(subject)
      if (entry !== undefined) this.#entries.set(subject, { ...entry, revision })
      this.#boundModels(subject)
    }
  }

  /** Forgets models of the subject beyond the bound, and counts those that are left. */
  #boundModels(subject: SubjectRef): void {
    const size = this.#tables.forgetModelsBeyond(subject, this.#bounds.maxOfSubject)
    this.#modelSize += size - (this.#modelSizes.get(subject) ?? 0)
    this.#modelSizes.set(subject, size)
  }
}

function emptyTables(kinds: SubjectKinds): QuotaTables {
  const ledger = (): never => {
    throw new Error('sums over the ledger are not remembered')
  }
  return new QuotaTables(ledger, { holdsAllCounters: false, kinds })
}
