import type { Counter, ModelCountersQuery, PageOf, ReadOptions } from '@quotakeeper/quota-core'
import type { Database } from '../database/database.js'
import { counterSelection, readCounter } from '../store/statements/counters.js'
import { chainOfProvider } from '../store/statements/owners.js'
import { decodeCursor, pageOf } from './cursor.js'
import { Conditions, readRows } from './read-rows.js'

/**
 * Counters of single models, of a provider and its pool, in the order of their key.
 * @throws QuotaError INVALID_INPUT for a foreign cursor; what {@link readRows} throws.
 */
export async function modelCountersPage(
  database: Database,
  { providerName, cursor, pageSize }: ModelCountersQuery,
  options?: ReadOptions,
): Promise<PageOf<Counter>> {
  const where = new Conditions()
  const name = where.value(providerName)
  where.add(`model <> ''`)
  where.add(`(subject_kind, subject_name) in (${chainOfProvider(name)})`)
  if (cursor !== null) {
    const after = decodeCursor(cursor, ['text', 'text', 'text', 'text']).map(value => where.value(value))
    where.add(`(subject_kind, subject_name, limit_id, model) > (${after.join(', ')})`)
  }
  const text = `select ${counterSelection} from quota_counter where ${where}
    order by subject_kind, subject_name, limit_id, model limit ${pageSize + 1}`
  const rows = await readRows(database, { name: '', text, values: where.values }, options)
  return pageOf(rows.map(readCounter), pageSize, ({ subject, limitId, model }) => [
    subject.kind,
    subject.name,
    limitId,
    model,
  ])
}
