/** Rows per statement: some seconds each, so that locks are short. */
const chunkRows = 200_000

const counts = [
  'request_count',
  'character_count',
  'input_token_count',
  'output_token_count',
  'cached_input_token_count',
  'cost_micro_usd',
]

/**
 * Inserts settled calls of the last `days` days, evenly over time and over the providers `key_0` and following,
 * with ids in order of creation like UUIDs of version 7; then their daily and hourly sums.
 * @param {{ client: import('pg').Client, rows: number, providers: number, days: number, progress: (line:
 * string) => void }} wanted
 */
export async function fillLedger({ client, rows, providers, days, progress }) {
  const reserved = counts.map(column => `reserved_${column}`)
  const figures = ['1', '200', '50', '100', '0', '30'].join(', ')
  for (let from = 0; from < rows; from += chunkRows) {
    await client.query(
      `insert into usage_attempt (writer, id, kind, request_id, provider_name, model, consumer, state, ${reserved.join(', ')},
          ${counts.join(', ')}, outcome, occurred_at, date, expires_at, settled_at, request_hash, settle_hash)
        select quotakeeper_least_writer(), (lpad(to_hex(ms), 12, '0') || '70008' || substr(md5(n::text), 1, 15))::uuid, 'call', '',
          'key_' || n % $3::int, 'model_' || n % 3, 'team_' || n % 5, 'committed', ${figures}, ${figures}, 'succeeded',
          at, (at at time zone 'UTC')::date, at + interval '10 minutes', at + interval '1 second',
          md5(n::text), md5('s' || n)
        from generate_series($1::bigint, $2::bigint - 1) as n,
          lateral (select now() - make_interval(secs => $4::float8 * 86400 * (1 - n::float8 / $5)) as at) as time,
          lateral (select (extract(epoch from at) * 1000)::bigint as ms) as instant`,
      [from, Math.min(rows, from + chunkRows), providers, days, rows],
    )
    progress(`ledger: ${Math.min(rows, from + chunkRows)} of ${rows} rows`)
  }
  await fillSums(client)
  progress('ledger: vacuum')
  await client.query('vacuum analyze')
}

/** @param {import('pg').Client} client */
async function fillSums(client) {
  const sums = counts.map(column => `sum(${column})`).join(', ')
  const names = counts.join(', ')
  await client.query(
    `insert into usage_hourly (provider_name, hour_start, date, model, consumer, ${names})
      select provider_name, date_trunc('hour', occurred_at), date, model, consumer, ${sums}
      from usage_attempt group by 1, 2, 3, 4, 5 on conflict do nothing`,
  )
  await client.query(
    `insert into ai_provider_usage (writer, provider_name, date, ${names})
      select quotakeeper_least_writer(), provider_name, date, ${sums} from usage_hourly group by provider_name, date on conflict do nothing`,
  )
}
