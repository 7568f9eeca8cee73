import {
  type Alert,
  type Attempt,
  type AuditEntry,
  addSums,
  type BySubject,
  type Change,
  type CoolDown,
  type Counter,
  compareText,
  counterKey,
  type Owner,
  type Subject,
  type SubjectRef,
  subjectKey,
  type UsageDelta,
} from '@quotakeeper/quota-core'
import type { Statement } from '../../database/database.js'
import { insertAlerts, insertAudit } from '../statements/alerts.js'
import type { EnteredAttempt } from '../statements/attempt-columns.js'
import {
  insertAttempts,
  insertPendingAttempts,
  redateAttempts,
  updateAttempts,
  updateAttemptsAndMetadata,
} from '../statements/attempts.js'
import { deleteCoolDowns, upsertCoolDowns } from '../statements/cool-downs.js'
import { deleteCounters, upsertCounters } from '../statements/counters.js'
import { keepOwner } from '../statements/owners.js'
import type { RowStatement } from '../statements/rows.js'
import { always } from '../statements/still-true.js'
import { reviseSubjects, updateSubject } from '../statements/subjects.js'
import { addDailyUsage, addHourlyUsage, type UsageSum } from '../statements/usage.js'
import { writeIf } from '../statements/write-if.js'
import type { Written } from './changed-subjects.js'

/** The last change of each row that a batch changes. */
interface Folded {
  readonly owners: Map<string, Owner>
  readonly subjects: Map<string, Subject>
  readonly counters: Map<string, Counter>
  readonly droppedCounters: Map<string, Counter>
  readonly coolDowns: Map<string, CoolDown>
  readonly endedCoolDowns: Map<string, CoolDown>
  readonly attempts: Map<string, Attempt>
  readonly redatedAttempts: Map<string, Attempt>
  readonly days: Map<string, UsageSum>
  readonly hours: Map<string, UsageSum>
  readonly alerts: Alert[]
  readonly audit: AuditEntry[]
}

/** Statements that write a batch's changes. */
export interface WriteParts {
  /** To be carried out before the others, one by one. */
  readonly first: readonly Statement[]
  /** To different rows, in any order. */
  readonly together: readonly Statement[]
}

/**
 * The statements that write a batch's changes under its locks, nearly always one, whose row has the revision that they
 * give. None where there is nothing to write. See {@link writeParts}.
 */
export function writeStatements(
  changes: readonly Change[],
  written: Written,
  isStored: (attemptId: string) => boolean,
): readonly Statement[] {
  const { first, together } = writeParts(changes, written, isStored)
  return together.length === 0 ? first : [...first, writeIf(always, together)]
}

/**
 * What writes a batch's changes. Rows are sorted by key so that no two transactions write in opposite orders.
 * `isStored` says which attempts have a row.
 */
export function writeParts(
  changes: readonly Change[],
  { subjects, ids }: Written,
  isStored: (attemptId: string) => boolean,
): WriteParts {
  const folded = fold(changes)
  const fresh: EnteredAttempt[] = []
  const stored: Attempt[] = []
  const enter = entering(ids)
  for (const attempt of sortedById(folded.attempts)) {
    if (isStored(attempt.id)) stored.push(attempt)
    else fresh.push(enter(attempt))
  }
  return {
    first: [...sorted(folded.owners).map(keepOwner), ...sorted(folded.subjects).map(updateSubject)],
    together: [
      ...over(reviseSubjects, subjects),
      ...over(insertPendingAttempts, fresh.filter(isEnteredPending)),
      ...over(
        insertAttempts,
        fresh.filter(row => !isEnteredPending(row)),
      ),
      ...over(
        updateAttempts,
        stored.filter(attempt => !hasMetadata(attempt)),
      ),
      ...over(updateAttemptsAndMetadata, stored.filter(hasMetadata)),
      ...over(redateAttempts, sorted(folded.redatedAttempts)),
      ...over(upsertCounters, sorted(folded.counters)),
      ...over(deleteCounters, sorted(folded.droppedCounters)),
      ...over(addDailyUsage, sorted(folded.days)),
      ...over(addHourlyUsage, sorted(folded.hours)),
      ...over(upsertCoolDowns, sorted(folded.coolDowns)),
      ...over(deleteCoolDowns, sorted(folded.endedCoolDowns)),
      ...over(insertAlerts, folded.alerts),
      ...over(insertAudit, folded.audit),
    ],
  }
}

/** Attempts of one list of subjects share the text of its ids. */
function entering(ids: BySubject<number>): (attempt: Attempt) => EnteredAttempt {
  let last: readonly SubjectRef[] | null = null
  let subjectIds = ''
  return attempt => {
    if (attempt.subjects !== last) {
      last = attempt.subjects
      subjectIds = `{${last.map(ref => idOf(ids, ref)).join(',')}}`
    }
    return { attempt, subjectIds }
  }
}

function idOf(ids: BySubject<number>, ref: SubjectRef): number {
  const id = ids.get(ref)
  if (id === undefined) throw new Error(`${ref.kind} "${ref.name}" of an attempt is not locked`)
  return id
}

function isEnteredPending({ attempt }: EnteredAttempt): boolean {
  return attempt.state === 'pending'
}

/** Calls have none, but those whose counts were too large. */
function hasMetadata({ metadata }: Attempt): boolean {
  return Object.keys(metadata).length > 0
}

function over<Row>(statement: RowStatement<Row>, rows: readonly Row[]): readonly Statement[] {
  return rows.length === 0 ? [] : [statement(rows)]
}

function sorted<Row>(rows: ReadonlyMap<string, Row>): readonly Row[] {
  if (rows.size < 2) return [...rows.values()]
  return [...rows].sort(([left], [right]) => compareText(left, right)).map(([, row]) => row)
}

/** The same for rows whose key is their id: no pairs are made. */
function sortedById<Row extends { readonly id: string }>(rows: ReadonlyMap<string, Row>): readonly Row[] {
  return [...rows.values()].sort((left, right) => compareText(left.id, right.id))
}

function fold(changes: readonly Change[]): Folded {
  const folded: Folded = {
    owners: new Map(),
    subjects: new Map(),
    counters: new Map(),
    droppedCounters: new Map(),
    coolDowns: new Map(),
    endedCoolDowns: new Map(),
    attempts: new Map(),
    redatedAttempts: new Map(),
    days: new Map(),
    hours: new Map(),
    alerts: [],
    audit: [],
  }
  let counter: Counter | null = null
  let counterName = ''
  for (const change of changes) {
    if (change.table !== 'counter') {
      foldOne(folded, change)
      continue
    }
    // Most calls of a batch count on the same counter, whose key is a text to make and to hash.
    if (counter === null || !isOfSame(counter, change.row)) counterName = keyOfCounter(change.row)
    counter = change.row
    foldKept(folded.counters, folded.droppedCounters, counterName, counter)
  }
  return folded
}

function isOfSame(left: Counter, right: Counter): boolean {
  return left.subject === right.subject && left.limitId === right.limitId && left.model === right.model
}

function foldOne(folded: Folded, change: Change): void {
  switch (change.table) {
    case 'owner':
      folded.owners.set(subjectKey(change.row), change.row)
      return
    case 'subject':
      folded.subjects.set(subjectKey(change.row), change.row)
      return
    case 'counter':
      foldKept(folded.counters, folded.droppedCounters, keyOfCounter(change.row), change.row)
      return
    case 'droppedCounter':
      foldKept(folded.droppedCounters, folded.counters, keyOfCounter(change.row), change.row)
      return
    case 'coolDown':
      foldKept(folded.coolDowns, folded.endedCoolDowns, keyOfCoolDown(change.row), change.row)
      return
    case 'endedCoolDown':
      foldKept(folded.endedCoolDowns, folded.coolDowns, keyOfCoolDown(change.row), change.row)
      return
    case 'attempt':
      folded.attempts.set(change.row.id, change.row)
      return
    case 'redatedAttempt':
      folded.redatedAttempts.set(change.row.id, change.row)
      return
    case 'usage':
      foldUsage(folded, change.row)
      return
    case 'alert':
      folded.alerts.push(change.row)
      return
    case 'audit':
      folded.audit.push(change.row)
      return
  }
}

function foldKept<Row>(into: Map<string, Row>, outOf: Map<string, Row>, key: string, row: Row): void {
  outOf.delete(key)
  into.set(key, row)
}

function foldUsage({ days, hours }: Folded, delta: UsageDelta): void {
  const { providerName, date, hourStartMs, model, consumer } = delta
  addTo(days, `${providerName}\n${date}`, delta)
  addTo(hours, `${providerName}\n${hourStartMs}\n${date}\n${model}\n${consumer}`, delta)
}

function addTo(sums: Map<string, UsageSum>, key: string, delta: UsageDelta): void {
  const sum = sums.get(key)
  sums.set(key, sum === undefined ? delta : { ...sum, counts: addSums(sum.counts, delta.counts) })
}

function keyOfCounter({ subject, limitId, model }: Counter): string {
  return counterKey(subject, limitId, model)
}

function keyOfCoolDown({ subject, model, kind }: CoolDown): string {
  return `${subjectKey(subject)}\n${model}\n${kind}`
}
