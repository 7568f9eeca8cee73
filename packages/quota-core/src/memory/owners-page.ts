import { reliesOn } from '../domain/owner.js'
import { compareText, isSameSubject, type SubjectRef } from '../domain/subject.js'
import type { QuotaTables } from '../domain/tables.js'
import type { OwnersQuery, PageOf } from '../store.js'
import { pageOf } from './pages.js'

/** The names of owners in use of one kind, in order. */
export function ownersPage(tables: QuotaTables, query: OwnersQuery): PageOf<SubjectRef> {
  const { kind, under } = query
  const part = query.nameContains?.toLowerCase() ?? ''
  const root: SubjectRef | null = under === undefined ? null : { kind, name: under }
  const rows = [...tables.owners(kind)]
    .filter(({ removedAtMs }) => removedAtMs === null)
    .filter(({ name }) => part === '' || name.toLowerCase().includes(part))
    .filter(owner => query.reliesOn === undefined || reliesOn(owner, query.reliesOn))
    .filter(owner => root === null || tables.kinds.chain(tables, owner).some(ref => isSameSubject(ref, root)))
    .map(({ name }): SubjectRef => ({ kind, name }))
    .sort((left, right) => compareText(left.name, right.name))
  return pageOf(rows, query, ({ name }) => name)
}
