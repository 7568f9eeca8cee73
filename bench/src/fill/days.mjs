/**
 * Inserts daily sums of the providers `key_0` and following, for the given number of days up to yesterday.
 * @param {import('pg').Client} client @param {{ providers: number, days: number }} wanted
 */
export async function fillDays(client, { providers, days }) {
  await client.query(
    `insert into ai_provider_usage (writer, provider_name, date, request_count, character_count, input_token_count,
        output_token_count, cost_micro_usd)
      select quotakeeper_least_writer(), 'key_' || k, (now() at time zone 'UTC')::date - d, 1000 + d, 200000 + k, 50000, 100000, 30000
      from generate_series(1, $1::int) as d, generate_series(0, $2::int - 1) as k on conflict do nothing`,
    [days, providers],
  )
  await client.query('vacuum analyze ai_provider_usage')
}
