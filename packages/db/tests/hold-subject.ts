import type { SubjectRef } from '@quotakeeper/quota-core'
import { Client } from 'pg'

/** A session that holds the row of a subject. */
export interface Holder extends AsyncDisposable {
  /** How many others wait for a lock in this database. */
  countWaiting(): Promise<number>
  release(): Promise<void>
}

/** Locks the row of a subject, as a process does that hangs in mid-transaction. */
export async function holdSubject(databaseUrl: string, { kind, name }: SubjectRef): Promise<Holder> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('begin')
  const { rowCount } = await client.query(
    'select from quota_subject where kind = $1 and name = $2 for update',
    [kind, name],
  )
  if (rowCount !== 1) throw new Error(`there is no ${kind} "${name}"`)
  let isReleased = false
  const release = async (): Promise<void> => {
    if (isReleased) return
    isReleased = true
    await client.query('rollback')
    await client.end()
  }
  return {
    countWaiting: async () => {
      const { rows } = await client.query(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
      return Number(rows[0]?.n)
    },
    release,
    [Symbol.asyncDispose]: release,
  }
}
