import { BySubject, type SubjectRef } from '@quotakeeper/quota-core'

/** The subjects of some lists, each once. Commands of a batch often have one and the same list. */
export function subjectsOfLists(lists: readonly (readonly SubjectRef[])[]): readonly SubjectRef[] {
  const known = new BySubject<true>()
  const subjects: SubjectRef[] = []
  let last: readonly SubjectRef[] | null = null
  for (const list of lists) {
    if (list === last) continue
    last = list
    for (const ref of list) {
      if (known.get(ref) === true) continue
      known.set(ref, true)
      subjects.push(ref)
    }
  }
  return subjects
}
