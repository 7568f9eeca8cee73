/**
 * Ensures that `count` providers exist, `key_0` and following, of ten vendors and without a pool, each with a
 * daily limit on requests and one on characters, as if created by the store.
 * @param {import('pg').Client} client @param {number} count
 */
export async function fillProviders(client, count) {
  const limit = (/** @type {string} */ metric) => ({
    id: `${metric}/day`,
    metric,
    window: 'day',
    max: 100_000_000,
    model: null,
    per: null,
    mode: 'enforce',
    countsCached: true,
    version: 1,
  })
  const limits = JSON.stringify([limit('requests'), limit('characters')])
  await client.query('begin')
  await client.query(
    `insert into ai_provider (name, vendor, models, priority, on_expiry, enabled, managed_by, metadata, created_at, updated_at)
      select 'key_' || k, 'vendor_' || k % 10, '{*}', 0, 'charge', true, 'api', '{}', now(), now()
      from generate_series(0, $1::int - 1) as k on conflict do nothing`,
    [count],
  )
  await client.query(
    `insert into quota_subject (kind, name, limits, thresholds_percent, version)
      select 'provider', 'key_' || k, $2::text::jsonb, '{80,90,100}', 1
      from generate_series(0, $1::int - 1) as k on conflict do nothing`,
    [count, limits],
  )
  await client.query('commit')
  await client.query('vacuum analyze ai_provider, quota_subject')
}

/**
 * Adds missing counters and today's row to each provider, as one call would.
 * @param {import('pg').Client} client @param {number} count
 */
export async function fillToday(client, count) {
  await client.query(
    `insert into quota_counter (writer, subject_kind, subject_name, limit_id, window_start, used, level, held, observed, at)
      select quotakeeper_least_writer(), 'provider', 'key_' || k, limit_id, date_trunc('day', now(), 'UTC'), 1, 0, 0, 0, now()
      from generate_series(0, $1::int - 1) as k, unnest('{requests/day,characters/day}'::text[]) as limit_id
      on conflict do nothing`,
    [count],
  )
  await client.query(
    `insert into ai_provider_usage (writer, provider_name, date, request_count)
      select quotakeeper_least_writer(), 'key_' || k, (now() at time zone 'UTC')::date, 1 from generate_series(0, $1::int - 1) as k
      on conflict do nothing`,
    [count],
  )
  await client.query('vacuum analyze quota_counter, ai_provider_usage')
}
