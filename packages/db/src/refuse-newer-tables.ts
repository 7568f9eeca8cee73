import { QuotaError } from '@quotakeeper/quota-core'
import type { Session } from './database/database.js'
import { writerNumber } from './writer.js'

/**
 * @throws QuotaError INVALID_INPUT where the database's tables take nothing from this release any more; the server's
 *   error
 */
export async function refuseNewerTables(session: Session): Promise<void> {
  const [[found] = []] = await session.run([
    {
      name: '',
      text: "select to_regprocedure('quotakeeper_least_writer()') is not null as found",
      values: [],
    },
  ])
  if (found?.['found'] !== true) return
  const text = 'select quotakeeper_least_writer()::int as least'
  const [[row] = []] = await session.run([{ name: '', text, values: [] }])
  const least = Number(row?.['least'])
  if (least <= writerNumber) return
  throw new QuotaError(
    'INVALID_INPUT',
    `the database of QUOTA_DATABASE_URL is written by a newer release of Quotakeeper (its tables require writer ${least}, this release is writer ${writerNumber}): start that release instead`,
    { field: 'QUOTA_DATABASE_URL' },
  )
}
