import { Client } from 'pg'

/** A session that holds a lock in a database. */
export interface LockHolder extends AsyncDisposable {
  /** Number of sessions waiting for a lock in this database. */
  countWaiting(): Promise<number>
  release(): Promise<void>
}

/** Locks the row of a subject, like a process that hangs within a transaction. */
export function holdSubject(
  databaseUrl: string,
  { kind, name }: { readonly kind: string; readonly name: string },
): Promise<LockHolder> {
  const text = 'select from quota_subject where kind = $1 and name = $2 for update'
  return hold(databaseUrl, { text, values: [kind, name] })
}

/** Locks a whole table, like a migration. */
export function holdTable(databaseUrl: string, table: string): Promise<LockHolder> {
  return hold(databaseUrl, { text: `lock table ${table}`, values: [] })
}

async function hold(
  databaseUrl: string,
  lock: { readonly text: string; readonly values: string[] },
): Promise<LockHolder> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('begin')
  const { rowCount } = await client.query(lock)
  if (rowCount === 0) throw new Error('there is no such row')
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
