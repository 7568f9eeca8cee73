import { randomInt } from 'node:crypto'
import { type Change, type SubjectRef, subjectsOfCall, uniqueSubjects } from '@quotakeeper/quota-core'

/** The subjects that a batch writes to, and the stamp that it gives them. */
export interface Written {
  readonly subjects: readonly SubjectRef[]
  readonly stamp: string
}

/**
 * The subjects whose settings, or what they have counted or hold, these changes alter; with a stamp that no
 * other write has had, as good as surely: one of 2^48.
 */
export function writtenBy(changes: readonly Change[]): Written {
  return {
    subjects: uniqueSubjects(changes.flatMap(subjectsOfChange)),
    stamp: String(randomInt(2 ** 48 - 1)),
  }
}

function subjectsOfChange(change: Change): readonly SubjectRef[] {
  switch (change.table) {
    case 'provider':
      return [{ kind: 'provider', name: change.row.name }]
    case 'pool':
      return [{ kind: 'pool', name: change.row.name }]
    case 'subject':
      return [{ kind: change.row.kind, name: change.row.name }]
    case 'counter':
    case 'droppedCounter':
    case 'coolDown':
    case 'endedCoolDown':
      return [{ kind: change.row.subject.kind, name: change.row.subject.name }]
    case 'attempt':
    case 'redatedAttempt':
      return subjectsOfCall(change.row)
    case 'usage':
      return [{ kind: 'provider', name: change.row.providerName }]
    case 'alert':
    case 'audit':
      return []
  }
}
