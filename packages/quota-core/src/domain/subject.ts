import type { DayRule } from './day-rule.js'
import type { VersionedLimit } from './limit.js'
import { providerKind, type SubjectKind } from './subject-kinds.js'

/** Names a subject. */
export interface SubjectRef {
  readonly kind: SubjectKind
  readonly name: string
}

/**
 * An entity with limits, and the unit of locking: everything that affects decisions about its quota changes under its
 * lock.
 */
export interface Subject extends SubjectRef, DayRule {
  readonly limits: readonly VersionedLimit[]
  /** Percentages of a limit at which alerts are raised, ascending. */
  readonly thresholdsPercent: readonly number[]
  /** Rises with every change of the subject or of its owner. */
  readonly version: number
}

/** The defaults of a new subject. */
export const subjectDefaults: DayRule & Pick<Subject, 'limits' | 'thresholdsPercent'> = {
  timeZone: 'UTC',
  dayStartsAt: '00:00',
  monthStartsOn: 1,
  limits: [],
  thresholdsPercent: [80, 90, 100],
}

/** The subject of a provider. */
export function providerRef(name: string): SubjectRef & { readonly kind: typeof providerKind } {
  return { kind: providerKind, name }
}

/** Whether both name the same subject. */
export function isSameSubject(left: SubjectRef, right: SubjectRef): boolean {
  return left.kind === right.kind && left.name === right.name
}

/** Whether the subject is one of these. */
export function isAmong(subjects: readonly SubjectRef[], ref: SubjectRef): boolean {
  // Not `some`, which would allocate a closure at each lookup.
  for (let at = 0; at < subjects.length; at++) {
    const other = subjects[at]
    if (other !== undefined && isSameSubject(other, ref)) return true
  }
  return false
}

/** A unique key of the subject. Names hold no control characters, so it is unambiguous. */
export function subjectKey(subject: SubjectRef): string {
  return `${subject.kind}\n${subject.name}`
}

/** The global order in which subjects are locked and written. */
export function compareSubjects(left: SubjectRef, right: SubjectRef): number {
  return compareText(left.kind, right.kind) || compareText(left.name, right.name)
}

/** Orders texts by code unit, independent of locale. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
