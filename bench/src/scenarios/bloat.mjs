import pg from 'pg'
import { fillProviders, fillToday } from '../fill/providers.mjs'
import { median } from '../measure.mjs'

const providers = 20
/** The key whose dead entries are counted; used by all batches of {@link deadEntriesScenario}. */
const hotKey = 'key_7'
/** Batches per statement, each in its own transaction. */
const chunkBatches = 20_000
/** Reservations in flight: each batch settles the one made this many batches before. */
const inFlight = 50

/** The tested variants: statements of a possible migration. */
export const variants = [
  { name: 'as PostgreSQL has it', statements: [] },
  {
    name: 'counters and sums with fillfactor 50',
    statements: ['quota_counter', 'ai_provider_usage', 'usage_hourly'].map(
      table => `alter table ${table} set (fillfactor = 50)`,
    ),
  },
  {
    name: 'ledger with fillfactor 85',
    statements: ['alter table usage_attempt set (fillfactor = 85)'],
  },
]

/** The writes of a batch with one reservation and one settlement, without round trips. */
const procedure = `
create or replace procedure write_batches(first int, last int, hot_key text) language plpgsql as $$
declare
  key text;
begin
  for n in first..last loop
    key := coalesce(hot_key, 'key_' || n % ${providers});
    update quota_subject set stamp = n where kind = 'provider' and name = key;
    insert into usage_attempt (writer, id, kind, provider_name, state, reserved_request_count, reserved_character_count,
        reserved_input_token_count, reserved_output_token_count, reserved_cached_input_token_count, reserved_cost_micro_usd,
        request_count, character_count, input_token_count, output_token_count, cached_input_token_count, cost_micro_usd,
        occurred_at, date, expires_at, request_hash)
      values (quotakeeper_least_writer(), lpad(to_hex(n), 32, '0')::uuid, 'call', key, 'pending', 1, 200, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        clock_timestamp(), current_date, clock_timestamp() + interval '10 minutes', md5(n::text));
    update usage_attempt set state = 'committed', request_count = 1, character_count = 180, outcome = 'succeeded',
        settled_at = clock_timestamp(), settle_hash = md5('s' || n)
      where id = lpad(to_hex(n - ${inFlight}), 32, '0')::uuid;
    update quota_counter set used = used + 1, held = n % 7, at = clock_timestamp()
      where subject_kind = 'provider' and subject_name = key;
    update ai_provider_usage set request_count = request_count + 1, character_count = character_count + 180
      where provider_name = key and date = (now() at time zone 'UTC')::date;
    insert into usage_hourly as h (provider_name, hour_start, date, request_count)
      values (key, date_trunc('hour', now()), current_date, 1)
      on conflict (provider_name, hour_start, date, model, consumer)
      do update set request_count = h.request_count + 1;
    commit;
  end loop;
end $$`

/**
 * Writes the batches of a busy day to an empty database, and returns the sizes of the tables.
 * @param {{ databaseUrl: string, variant: (typeof variants)[number], batches: number, progress: (line: string)
 * => void }} scenario
 */
export async function bloatScenario({ databaseUrl, variant, batches, progress }) {
  const client = new pg.Client({ connectionString: databaseUrl, options: '-c synchronous_commit=off' })
  await client.connect()
  try {
    for (const statement of variant.statements) await client.query(statement)
    await fillProviders(client, providers)
    await fillToday(client, providers)
    await client.query(procedure)
    await writeBatches(client, { first: 1, last: batches, key: null })
    progress(`${variant.name}: ${batches} batches`)
    return await sizes(client)
  } finally {
    await client.end()
  }
}

/**
 * The effect of dead rows on a batch of a hot key, which searches due reservations and scans the index entry of
 * each one settled since the last vacuum.
 * @param {{ url: string, deadRows: readonly number[], progress: (line: string) => void }} scenario ascending
 */
export async function deadEntriesScenario({ url, deadRows, progress }) {
  const client = new pg.Client({
    connectionString: url,
    options: '-c synchronous_commit=off -c enable_seqscan=off',
  })
  await client.connect()
  try {
    await client.query(procedure)
    await client.query('alter table usage_attempt set (autovacuum_enabled = false)')
    await client.query('vacuum usage_attempt')
    const rows = []
    let last = 0
    for (const dead of deadRows) {
      await writeBatches(client, { first: last + 1, last: dead, key: hotKey })
      last = dead
      progress(`a hot key with ${dead} dead rows`)
      rows.push({ dead, lookMs: await lookForDue(client) })
    }
    const startMs = performance.now()
    await client.query('vacuum usage_attempt')
    return { rows, vacuumMs: performance.now() - startMs, afterMs: await lookForDue(client) }
  } finally {
    await client.end()
  }
}

/**
 * The search at a time when all settled reservations would have been due. @param {import('pg').Client} client
 */
async function lookForDue(client) {
  const text = `select id from usage_attempt where state = 'pending' and provider_name = any($1::text[])
    and expires_at <= (select clock_timestamp() + interval '20 minutes')`
  const timesMs = []
  for (let turn = 0; turn < 50; turn++) {
    const startMs = performance.now()
    await client.query({ name: 'due', text, values: [[hotKey]] })
    timesMs.push(performance.now() - startMs)
  }
  return median(timesMs)
}

/** @param {import('pg').Client} client @param {{ first: number, last: number, key: string | null }} batches */
async function writeBatches(client, { first, last, key }) {
  for (let from = first; from <= last; from += chunkBatches) {
    await client.query('call write_batches($1, $2, $3)', [from, Math.min(last, from + chunkBatches - 1), key])
  }
}

/** @param {import('pg').Client} client */
async function sizes(client) {
  await client.query('select pg_stat_force_next_flush()')
  const { rows } = await client.query(
    `select relname as name, pg_relation_size(relid) / 1024 as "tableKiB", pg_indexes_size(relid) / 1024 as "indexKiB",
        n_live_tup as live, n_dead_tup as dead, autovacuum_count as vacuums,
        round(100.0 * n_tup_hot_upd / nullif(n_tup_upd, 0), 1) as "hotPercent"
      from pg_stat_user_tables
      where relname in ('quota_counter', 'quota_subject', 'ai_provider_usage', 'usage_hourly', 'usage_attempt')
      order by relname`,
  )
  return rows
}
