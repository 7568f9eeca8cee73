import { BySubject, type Change, providerRef, type SubjectRef, uniqueSubjects } from '@quotakeeper/quota-core'
import type { RevisedSubject } from '../statements/subjects.js'

/** The subjects that a batch writes to: each gets another revision. */
export interface Written {
  readonly subjects: readonly SubjectRef[]
  /** Of the subjects of its attempts. */
  readonly ids: BySubject<number>
}

/** The subjects whose settings, or what they have counted or hold, these changes alter. */
export function writtenBy(changes: readonly Change[], locked: readonly RevisedSubject[]): Written {
  const ids = new BySubject<number>()
  for (const subject of locked) ids.set(subject, subject.id)
  return { ids, subjects: uniqueSubjects(changes.flatMap(subjectsOfChange)) }
}

function subjectsOfChange(change: Change): readonly SubjectRef[] {
  switch (change.table) {
    case 'owner':
    case 'subject':
      return [{ kind: change.row.kind, name: change.row.name }]
    case 'counter':
    case 'droppedCounter':
    case 'coolDown':
    case 'endedCoolDown':
      return [{ kind: change.row.subject.kind, name: change.row.subject.name }]
    case 'attempt':
    case 'redatedAttempt':
      return change.row.subjects
    case 'usage':
      return [providerRef(change.row.providerName)]
    case 'alert':
    case 'audit':
      return []
  }
}
