import type { Owner, OwnersQuery, PageOf, ReadOptions } from '@quotakeeper/quota-core'
import type { Database } from '../database/database.js'
import { dependentsOf, namesUnder } from '../store/statements/descendants.js'
import { ownerOfOther } from '../store/statements/owners.js'
import { decodeCursor, pageOf } from './cursor.js'
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
  const source =
    other === undefined
      ? 'quota_subject'
      : `(${dependentsOf(`${where.value(other.kind)}::text`, where.value(other.name))})`
  const from =
    under === undefined
      ? `${source} as s`
      : `(${namesUnder(ofKind, where.value(under))}) as u
        cross join lateral (select * from ${source} as o where o.kind = ${ofKind} and o.name = u.name offset 0) as s`
  if (nameContains !== undefined)
    where.add(`position(lower(${where.value(nameContains)}::text) in lower(s.name)) > 0`)
  if (cursor !== null) {
    const [after] = decodeCursor(cursor, ['text'])
    where.add(`s.name collate "C" > ${where.value(after)}`)
  }
  const text = `select s.kind, s.name, s.owner from ${from} where ${where}
    order by s.name collate "C" limit ${pageSize + 1}`
  const rows = await readRows(database, { name: '', text, values: where.values }, options)
  return pageOf(rows.map(ownerOfOther), pageSize, ({ name }) => [name])
}
