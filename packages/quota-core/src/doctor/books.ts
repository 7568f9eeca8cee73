import { currentCounter, subjectOf } from '../decide/call-counters.js'
import { subjectTime } from '../decide/clocks/subject-time.js'
import { usersOf } from '../decide/limits/users-of-limit.js'
import { type Attempt, isOfProvider } from '../domain/attempt.js'
import { dateAt, windowInterval } from '../domain/calendar.js'
import { subjectsOfProvider } from '../domain/call-subjects.js'
import { type Counter, keepsUsers } from '../domain/counter.js'
import {
  addSums,
  type CountSums,
  type Counts,
  countNames,
  heldUnits,
  measuredUnits,
  noCounts,
  saturatedCounts,
} from '../domain/counts.js'
import { concernsModel, counterModel, type VersionedLimit } from '../domain/limit.js'
import type { QuotaState } from '../domain/state.js'
import { providerRef, type Subject, type SubjectRef, subjectKey } from '../domain/subject.js'
import { plus, saturated, type WholeNumber } from '../domain/whole-number.js'
import { isRolling } from '../domain/window.js'

/** What is examined, and against which state. */
export interface BooksOptions {
  /** A snapshot with all counters. */
  readonly state: QuotaState
  readonly nowMs: number
  readonly providerNames: readonly string[]
  /** Further subjects whose complete ledger is added. */
  readonly subjects?: readonly SubjectRef[]
  /**
   * First day, `YYYY-MM-DD`, of which the ledger still has every row; earlier days, and what limits in total have used of
   * subjects that are older, are not examined.
   */
  readonly wholeFrom?: string
}

/** Two figures of a store that should be equal. */
export interface Discrepancy {
  /** What was compared, as text for people. */
  readonly place: string
  /** The ledger's sum. */
  readonly expected: number
  /** The stored figure. */
  readonly found: number
}

/** A day's usage of a provider, as stored. */
export type DayRow = Counts & { readonly providerName: string; readonly date: string }

/** The ledger's sum for one counter. */
interface LimitSum {
  charged: WholeNumber
  held: WholeNumber
}

/** Most inconsistent ledger rows to report: if one is inconsistent, all of them may be. */
const maxFaultyRows = 1_000

/**
 * Sums a ledger row by row into the figures that a store should hold: one for each limit and model in its current
 * window, and one for each day of a provider. Memory does not grow with the number of rows.
 */
export class Books {
  readonly #options: BooksOptions
  readonly #subjects = new Map<string, Subject>()
  /** The time of each subject, by which counters that do not exist yet would begin: the clock may have been set back. */
  readonly #times = new Map<string, number>()
  readonly #limits = new Map<string, LimitSum>()
  /** The ledger's sums by provider and day whose stored day has not been added yet. */
  readonly #days = new Map<string, CountSums>()
  readonly #today = new Map<string, { readonly date: string; sum: CountSums }>()
  readonly #faultyRows: Discrepancy[] = []
  readonly #faultyDays: Discrepancy[] = []

  constructor(options: BooksOptions) {
    this.#options = options
    const { state, nowMs, providerNames } = options
    for (const providerName of providerNames) {
      for (const ref of subjectsOfProvider(state, providerName))
        this.#subjects.set(subjectKey(ref), subjectOf(state, ref))
      const date = dateAt(subjectOf(state, providerRef(providerName)), nowMs)
      this.#today.set(providerName, { date, sum: noCounts })
    }
    for (const ref of options.subjects ?? []) this.#subjects.set(subjectKey(ref), subjectOf(state, ref))
    for (const [key, { kind, name }] of this.#subjects)
      this.#times.set(key, subjectTime(state, [{ kind, name, models: 'all' }], nowMs))
  }

  /** Adds a row of the ledger. */
  addAttempt(attempt: Attempt): void {
    for (const ref of attempt.subjects) {
      const subject = this.#subjects.get(subjectKey(ref))
      if (subject !== undefined) this.#addToLimits(subject, attempt)
    }
    if (this.#faultyRows.length < maxFaultyRows) this.#faultyRows.push(...faultsOf(attempt))
    const { providerName, date, charged } = attempt
    const today = this.#today.get(providerName)
    if (today === undefined || !isOfProvider(attempt)) return
    if (today.date === date) today.sum = addSums(today.sum, charged)
    if (date < (this.#options.wholeFrom ?? '')) return
    const key = keyOfDay(attempt)
    this.#days.set(key, addSums(this.#days.get(key) ?? noCounts, charged))
  }

  /** Compares a stored day. Call it after all of the provider's rows were added. */
  addDay(row: DayRow): void {
    if (row.date < (this.#options.wholeFrom ?? '')) return
    const key = keyOfDay(row)
    this.#faultyDays.push(...unequalDay(key, this.#days.get(key) ?? noCounts, row))
    this.#days.delete(key)
  }

  /** Where the store contradicts its ledger. Call it after the whole ledger was added; see `findDiscrepancies`. */
  discrepancies(): readonly Discrepancy[] {
    const { providerNames, state } = this.#options
    return [
      ...[...this.#subjects.values()].flatMap(subject => this.#ofSubject(subject)),
      ...this.#faultyRows,
      ...providerNames.flatMap(name => {
        const today = this.#today.get(name)
        return today ? unequalCounts(`${name}: today`, today.sum, state.usage(name, today.date)) : []
      }),
      ...[...this.#days].flatMap(([key, sums]) => unequalDay(key, sums, noCounts)),
      ...this.#faultyDays,
    ]
  }

  #addToLimits(subject: Subject, attempt: Attempt): void {
    for (const limit of subject.limits) {
      if (!concernsModel(limit, attempt.model)) continue
      const model = counterModel(limit, attempt)
      const isPending = attempt.state === 'pending'
      // The ledger determines only the held units of a rolling limit.
      if (isRolling(limit.window) ? !isPending : !this.#isInside(subject, limit, model, attempt)) continue
      const key = keyOfLimit(subject, limit, model)
      const sum = this.#limits.get(key) ?? { charged: 0, held: 0 }
      sum.charged = plus(sum.charged, measuredUnits(attempt.charged, limit))
      if (isPending) sum.held = plus(sum.held, heldUnits(attempt.reserved, limit))
      this.#limits.set(key, sum)
    }
  }

  #isInside(subject: Subject, limit: VersionedLimit, model: string, { occurredAtMs }: Attempt): boolean {
    if (isRolling(limit.window)) return true
    const { atMs } = this.#currentCounter(subject, limit, model)
    const { startMs, endMs } = windowInterval(limit.window, subject, atMs)
    return occurredAtMs >= startMs && occurredAtMs < endMs
  }

  /** Whether the ledger has everything that the limit's counters count as used. */
  #isInLedger(subject: Subject, { window }: VersionedLimit): boolean {
    const { state, wholeFrom } = this.#options
    if (isRolling(window)) return false
    if (window !== 'total' || wholeFrom === undefined) return true
    // The total of an older subject may include rows that have been pruned.
    const createdAtMs = state.owner(subject)?.createdAtMs
    return createdAtMs !== undefined && dateAt(subject, createdAtMs) >= wholeFrom
  }

  #currentCounter(subject: Subject, limit: VersionedLimit, model: string): Counter {
    const { state, nowMs } = this.#options
    return currentCounter(state, subject, limit, model, this.#times.get(subjectKey(subject)) ?? nowMs)
  }

  #ofSubject(subject: Subject): readonly Discrepancy[] {
    const { state } = this.#options
    const stray = [...state.counters(subject)]
      .filter(counter => subject.limits.every(limit => limit.id !== counter.limitId))
      .map(counter => ({
        place: `${subject.kind} ${subject.name}: counter of the limit ${counter.limitId}, which no longer exists`,
        expected: 0,
        found: 1,
      }))
    return [...stray, ...subject.limits.flatMap(limit => this.#ofLimit(subject, limit))]
  }

  #ofLimit(subject: Subject, limit: VersionedLimit): readonly Discrepancy[] {
    const { state } = this.#options
    const models = new Set<string>(limit.per === 'user' ? [''] : [])
    const keyOfAll = keyOfLimit(subject, limit, '')
    for (const key of this.#limits.keys())
      if (key.startsWith(keyOfAll)) models.add(key.slice(keyOfAll.length))
    for (const counter of state.counters(subject)) if (counter.limitId === limit.id) models.add(counter.model)
    return [...models].flatMap(model => {
      const counter = this.#currentCounter(subject, limit, model)
      if (keepsUsers(counter, limit)) {
        const own = [...state.counters(subject)].filter(({ limitId }) => limitId === limit.id)
        const users = own.filter(({ model: user }) => user !== '').length
        const place = `${subject.kind} ${subject.name}: users of ${limit.id}`
        return unequal(place, users, usersOf(state, subject, limit.id))
      }
      const { charged, held } = this.#limits.get(`${keyOfAll}${model}`) ?? { charged: 0, held: 0 }
      const place = `${subject.kind} ${subject.name}: ${limit.id}${model === '' ? '' : ` of ${model}`}`
      const used = this.#isInLedger(subject, limit) ? unequal(`${place}: used`, charged, counter.used) : []
      return [...used, ...unequal(`${place}: held`, held, counter.held)]
    })
  }
}

/** Unambiguous, since no name or id holds a line break. */
function keyOfLimit(subject: SubjectRef, limit: VersionedLimit, model: string): string {
  return `${subjectKey(subject)}\n${limit.id}\n${model}`
}

function keyOfDay({ providerName, date }: { readonly providerName: string; readonly date: string }): string {
  return `${providerName}: day ${date}`
}

/** Pending and released rows charge nothing; only adjustments may be negative. */
function faultsOf(attempt: Attempt): readonly Discrepancy[] {
  const place = `attempt ${attempt.id} (${attempt.kind}, ${attempt.state})`
  const charges = attempt.state === 'committed' || attempt.state === 'expired'
  return countNames.flatMap(name => {
    const found = attempt.charged[name]
    if (!charges) return unequal(`${place}: charged ${name}`, 0, found)
    return attempt.kind === 'adjustment' || found >= 0 ? [] : [{ place, expected: 0, found }]
  })
}

/** Numbers as a page of the store returns them. */
function unequalDay(key: string, expected: CountSums, found: CountSums): readonly Discrepancy[] {
  return unequalCounts(key, saturatedCounts(expected), found)
}

function unequalCounts(place: string, expected: CountSums, found: CountSums): readonly Discrepancy[] {
  return countNames.flatMap(name => unequal(`${place}: ${name}`, expected[name], found[name]))
}

function unequal(place: string, expected: WholeNumber, found: WholeNumber): readonly Discrepancy[] {
  if (expected === found) return []
  return [{ place, expected: saturated(expected), found: saturated(found) }]
}
