import { BySubject, type Change, isSameSubject, providerRef, type SubjectRef } from '@quotakeeper/quota-core'
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
  const subjects = new WrittenSubjects()
  for (const change of changes) addOfChange(subjects, change)
  return { ids, subjects: subjects.all }
}

/** Subjects, each once. Without a list or a copy for each change: most of a batch are of the same few. */
class WrittenSubjects {
  readonly all: SubjectRef[] = []
  readonly #known = new BySubject<true>()
  #lastList: readonly SubjectRef[] | null = null
  #last: SubjectRef | null = null

  add(ref: SubjectRef): void {
    if (this.#last !== null && isSameSubject(this.#last, ref)) return
    this.#last = ref
    if (this.#known.get(ref) === true) return
    const { kind, name } = ref
    this.#known.set(ref, true)
    this.all.push({ kind, name })
  }

  addAll(refs: readonly SubjectRef[]): void {
    if (refs === this.#lastList) return
    this.#lastList = refs
    for (const ref of refs) this.add(ref)
  }
}

function addOfChange(subjects: WrittenSubjects, change: Change): void {
  switch (change.table) {
    case 'owner':
    case 'subject':
      subjects.add(change.row)
      return
    case 'counter':
    case 'droppedCounter':
    case 'coolDown':
    case 'endedCoolDown':
      subjects.add(change.row.subject)
      return
    case 'attempt':
    case 'redatedAttempt':
      subjects.addAll(change.row.subjects)
      return
    case 'usage':
      subjects.add(providerRef(change.row.providerName))
      return
    case 'alert':
    case 'audit':
      return
  }
}
