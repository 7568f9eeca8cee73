import { currentCounter, subjectOf } from '../decide/call-counters.js'
import { type Attempt, isOfProvider } from '../domain/attempt.js'
import { calendarInterval, dateAt } from '../domain/calendar.js'
import { subjectsOfProvider } from '../domain/call-subjects.js'
import {
  addSums,
  type CountSums,
  type Counts,
  countNames,
  measuredUnits,
  noCounts,
  saturatedCounts,
} from '../domain/counts.js'
import { concernsModel, counterModel, type VersionedLimit } from '../domain/limit.js'
import type { QuotaState } from '../domain/state.js'
import { isSameSubject, providerRef, type Subject, type SubjectRef, subjectKey } from '../domain/subject.js'
import { plus, saturated, type WholeNumber } from '../domain/whole-number.js'
import { isRolling } from '../domain/window.js'

/** What a store says, from all sides. */
export interface StoreAccounts {
  /** A snapshot: attempts that are due are expired in it. */
  readonly state: QuotaState
  readonly nowMs: number
  /** The providers to look at, and all that the ledger has of them and of their pools. */
  readonly providerNames: readonly string[]
  /** Subjects to look at beside those of the providers: all that the ledger has of them is given, too. */
  readonly subjects?: readonly SubjectRef[]
  readonly ledger: readonly Attempt[]
  /** The daily sums as stored. */
  readonly days: readonly (Counts & { readonly providerName: string; readonly date: string })[]
  /** The first day, `YYYY-MM-DD`, of which the ledger still has every row: earlier ones are not examined. */
  readonly wholeFrom?: string
}

/** Two figures of a store that should be one. */
export interface Discrepancy {
  /** What was looked at, in words that lead to it. */
  readonly place: string
  /** What the ledger adds up to. */
  readonly expected: number
  /** What is stored. */
  readonly found: number
}

/**
 * Where a store contradicts its ledger: calendar `used` must be the sum of the charges in the current
 * window, `held` the sum of what is pending, a day's row the sum of its date. Rolling levels and
 * `observed` stand outside that sum. Empty for a sound store.
 */
export function findDiscrepancies(accounts: StoreAccounts): readonly Discrepancy[] {
  const { state, providerNames } = accounts
  const known = accounts.ledger.map(attempt => state.attempt(attempt.id) ?? attempt)
  const subjects = new Map<string, SubjectRef>()
  for (const providerName of providerNames) {
    for (const ref of subjectsOfProvider(state, providerName)) subjects.set(subjectKey(ref), ref)
  }
  for (const ref of accounts.subjects ?? []) subjects.set(subjectKey(ref), ref)
  return [
    ...[...subjects.values()].flatMap(ref => counterDiscrepancies(accounts, ref, known)),
    ...known.flatMap(attemptDiscrepancies),
    ...providerNames.flatMap(name => todayDiscrepancies(accounts, name, known)),
    ...dayDiscrepancies(accounts),
  ]
}

function counterDiscrepancies(
  { state, nowMs }: StoreAccounts,
  ref: SubjectRef,
  attempts: readonly Attempt[],
): readonly Discrepancy[] {
  const subject = subjectOf(state, ref)
  const own = attempts.filter(attempt => attempt.subjects.some(other => isSameSubject(other, ref)))
  const stray = [...state.counters(ref)]
    .filter(counter => subject.limits.every(limit => limit.id !== counter.limitId))
    .map(counter => ({
      place: `${ref.kind} ${ref.name}: counter of the limit ${counter.limitId}, which is gone`,
      expected: 0,
      found: 1,
    }))
  return [...stray, ...subject.limits.flatMap(limit => limitDiscrepancies(state, subject, limit, own, nowMs))]
}

function limitDiscrepancies(
  state: QuotaState,
  subject: Subject,
  limit: VersionedLimit,
  attempts: readonly Attempt[],
  nowMs: number,
): readonly Discrepancy[] {
  const seen = attempts.filter(attempt => concernsModel(limit, attempt.model))
  const models = new Set(seen.map(attempt => counterModel(limit, attempt.model)))
  for (const counter of state.counters(subject)) if (counter.limitId === limit.id) models.add(counter.model)
  return [...models].flatMap(model => {
    const counter = currentCounter(state, subject, limit, model, nowMs)
    const { startMs, endMs } = isRolling(limit.window)
      ? { startMs: 0, endMs: Number.POSITIVE_INFINITY }
      : calendarInterval(limit.window, subject, counter.atMs)
    const inside = seen.filter(
      attempt =>
        counterModel(limit, attempt.model) === model &&
        attempt.occurredAtMs >= startMs &&
        attempt.occurredAtMs < endMs,
    )
    const charged = sumOf(inside.map(attempt => measuredUnits(attempt.charged, limit)))
    const pending = inside.filter(attempt => attempt.state === 'pending')
    const held = sumOf(pending.map(attempt => measuredUnits(attempt.reserved, limit)))
    const place = `${subject.kind} ${subject.name}: ${limit.id}${model === '' ? '' : ` of ${model}`}`
    const used = isRolling(limit.window) ? [] : unequal(`${place}: used`, charged, counter.used)
    return [...used, ...unequal(`${place}: held`, held, counter.held)]
  })
}

/** What is not settled, or was given back, charges nothing; only corrections are negative. */
function attemptDiscrepancies(attempt: Attempt): readonly Discrepancy[] {
  const place = `attempt ${attempt.id} (${attempt.kind}, ${attempt.state})`
  const charges = attempt.state === 'committed' || attempt.state === 'expired'
  return countNames.flatMap(name => {
    const found = attempt.charged[name]
    if (!charges) return unequal(`${place}: charged ${name}`, 0, found)
    return attempt.kind === 'adjustment' || found >= 0 ? [] : [{ place, expected: 0, found }]
  })
}

function todayDiscrepancies(
  { state, nowMs }: StoreAccounts,
  providerName: string,
  attempts: readonly Attempt[],
): readonly Discrepancy[] {
  const date = dateAt(subjectOf(state, providerRef(providerName)), nowMs)
  const today = attempts.filter(
    attempt => attempt.providerName === providerName && attempt.date === date && isOfProvider(attempt),
  )
  const expected = today.map((attempt): CountSums => attempt.charged).reduce(addSums, noCounts)
  return unequalCounts(`${providerName}: today`, expected, state.usage(providerName, date))
}

/** The daily rows as stored, against the ledger as stored: expiries that are only due are in neither. */
function dayDiscrepancies(accounts: StoreAccounts): readonly Discrepancy[] {
  const { ledger, days, providerNames, wholeFrom = '' } = accounts
  const expected = new Map<string, CountSums>()
  for (const attempt of ledger) {
    const { providerName, date, charged } = attempt
    if (!providerNames.includes(providerName) || date < wholeFrom || !isOfProvider(attempt)) continue
    const key = `${providerName}: day ${date}`
    expected.set(key, addSums(expected.get(key) ?? noCounts, charged))
  }
  const whole = days.filter(row => row.date >= wholeFrom)
  const found = new Map(whole.map(row => [`${row.providerName}: day ${row.date}`, row]))
  return [...new Set([...expected.keys(), ...found.keys()])].flatMap(key =>
    // As a page tells it.
    unequalCounts(key, saturatedCounts(expected.get(key) ?? noCounts), found.get(key) ?? noCounts),
  )
}

function sumOf(units: readonly number[]): WholeNumber {
  return units.reduce<WholeNumber>(plus, 0)
}

function unequalCounts(place: string, expected: CountSums, found: CountSums): readonly Discrepancy[] {
  return countNames.flatMap(name => unequal(`${place}: ${name}`, expected[name], found[name]))
}

function unequal(place: string, expected: WholeNumber, found: WholeNumber): readonly Discrepancy[] {
  if (expected === found) return []
  return [{ place, expected: saturated(expected), found: saturated(found) }]
}
