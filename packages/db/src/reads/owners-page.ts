import type { OwnersQuery, PageOf, ReadOptions, SubjectRef } from '@quotakeeper/quota-core'
import type { Database } from '../database/database.js'
import { dependentsOf, isInUse, namesInUseUnder } from '../store/statements/descendants.js'
import { readRef } from '../store/statements/subjects.js'
import { decodeCursor, pageOf } from './cursor.js'
import { Conditions, readRows } from './read-rows.js'

/**
 * The names of owners in use of a kind whose owners are in the rows of their subjects, in order.
 * @throws QuotaError INVALID_INPUT for a foreign cursor; what {@link readRows} throws.
 */
export async function ownersPage(
  database: Database,
  { kind, reliesOn: other, under, nameContains, cursor, pageSize }: OwnersQuery,
  options?: ReadOptions,
): Promise<PageOf<SubjectRef>> {
  const where = new Conditions()
  const ofKind = where.value(kind)
  const dependents = other === undefined ? null : dependentsOf(other.kind, where.value(other.name))
  let from = dependents === null ? 'quota_subject' : `(${dependents}) as s`
  if (under === undefined) where.add(`kind = ${ofKind} and owner is not null and ${isInUse}`)
  else {
    from = `(${namesInUseUnder(ofKind, where.value(under))}) as u`
    if (dependents !== null)
      where.add(`name in (select name from (${dependents}) as s where kind = ${ofKind})`)
  }
  if (nameContains !== undefined)
    where.add(`position(lower(${where.value(nameContains)}::text) in lower(name)) > 0`)
  if (cursor !== null) {
    const [after] = decodeCursor(cursor, ['text'])
    where.add(`name collate "C" > ${where.value(after)}`)
  }
  const text = `select ${ofKind}::text as kind, name from ${from} where ${where} order by name collate "C" limit ${pageSize + 1}`
  const rows = await readRows(database, { name: '', text, values: where.values }, options)
  return pageOf(rows.map(readRef), pageSize, ({ name }) => [name])
}
