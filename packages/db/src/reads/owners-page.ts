import type { Owner, OwnersQuery, PageOf, ReadOptions } from '@quotakeeper/quota-core'
import type { Database } from '../database/database.js'
import { ownerOfOther, reliesOn } from '../store/statements/owners.js'
import { decodeCursor, pageOf } from './cursor.js'
import { namesUnder } from './names-under.js'
import { Conditions, readRows } from './read-rows.js'

/**
 * Owners in use of a kind whose owners are in the rows of their subjects, by name.
 * @throws QuotaError INVALID_INPUT for a foreign cursor; what {@link readRows} throws.
 */
export async function ownersPage(
  database: Database,
  { kind, reliesOn: other, under, nameContains, cursor, pageSize }: OwnersQuery,
  options?: ReadOptions,
): Promise<PageOf<Owner>> {
  const where = new Conditions()
  const ofKind = where.value(kind)
  where.add(`s.kind = ${ofKind} and s.owner is not null and s.owner->>'removedAtMs' is null`)
  if (other !== undefined) where.add(reliesOn(`${where.value(other.kind)}::text`, where.value(other.name)))
  if (under !== undefined) where.add(`s.name in (${namesUnder(ofKind, where.value(under))})`)
  if (nameContains !== undefined)
    where.add(`position(lower(${where.value(nameContains)}::text) in lower(s.name)) > 0`)
  if (cursor !== null) {
    const [after] = decodeCursor(cursor, ['text'])
    where.add(`s.name collate "C" > ${where.value(after)}`)
  }
  const text = `select s.kind, s.name, s.owner from quota_subject as s where ${where}
    order by s.name collate "C" limit ${pageSize + 1}`
  const rows = await readRows(database, { name: '', text, values: where.values }, options)
  return pageOf(rows.map(ownerOfOther), pageSize, ({ name }) => [name])
}
