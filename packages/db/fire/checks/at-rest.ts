import type { Client } from 'pg'
import { until } from '../until.js'

/** idle_in_transaction_session_timeout of the store's connections is 2 s. */
const leftOpenMs = 3_000
/** The longest reservation of the fire is of 3 s. */
const expiryMs = 10_000

/**
 * Waits until nothing is under way any more, and every reservation is settled or due.
 * @throws Error when a transaction stays open, or a reservation is kept for longer than any was asked for
 */
export async function untilAtRest(sql: Client): Promise<void> {
  await until(async () => ((await openTransactions(sql)) === 0 ? true : null), {
    timeoutMs: leftOpenMs,
    what: 'the end of every transaction',
  })
  await until(async () => ((await count(sql, notDue)) === 0 ? true : null), {
    timeoutMs: expiryMs,
    what: 'the end of every reservation',
  })
}

const notDue = `select count(*) from usage_attempt where state = 'pending' and expires_at > clock_timestamp()`

/** Connections that are in a transaction, of this database, this one left out. */
async function openTransactions(sql: Client): Promise<number> {
  return count(
    sql,
    `select count(*) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' and backend_type = 'client backend'`,
  )
}

/** What is still held though everything was due and each subject has been touched since. */
export async function leaks(sql: Client): Promise<readonly string[]> {
  const pending = await count(sql, `select count(*) from usage_attempt where state = 'pending'`)
  const { rows } = await sql.query<{ place: string; held: string }>(
    `select subject_kind || ' ' || subject_name || ': ' || limit_id as place, held from quota_counter where held <> 0`,
  )
  return [
    ...(pending === 0 ? [] : [`${pending} attempts are pending past their expiry`]),
    ...rows.map(({ place, held }) => `${place} holds ${held} for nobody`),
  ]
}

const sums = [
  'request_count',
  'character_count',
  'input_token_count',
  'output_token_count',
  'cached_input_token_count',
  'cost_micro_usd',
] as const

/** Days whose hours do not add up to them. */
export async function hoursUnlikeDays(sql: Client): Promise<readonly string[]> {
  const { rows } = await sql.query<{ place: string }>(
    `select coalesce(d.provider_name, h.provider_name) || ' on ' || coalesce(d.date, h.date) as place
      from ai_provider_usage as d
      full join (select provider_name, date, ${sums.map(name => `sum(${name}) as ${name}`).join(', ')}
        from usage_hourly group by provider_name, date) as h using (provider_name, date)
      where (${sums.map(name => `d.${name}`).join(', ')}) is distinct from (${sums.map(name => `h.${name}`).join(', ')})`,
  )
  return rows.map(({ place }) => `${place}: the hours do not add up to the day`)
}

async function count(sql: Client, text: string): Promise<number> {
  const { rows } = await sql.query<{ count: string }>(text)
  return Number(rows[0]?.count)
}
