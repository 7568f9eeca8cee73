/** Children of the root; each of the first ones has children in turn. */
const childrenOfRoot = 5_000
const parentsBelow = 100

/**
 * Ensures that `count` consumers exist, as if created by the store: `root`, its children `tenant_1` to `tenant_5000`, and
 * the rest below the first hundred of these, `app_1` and following. Each has the limits that {@link fillProviders} gives.
 * @param {import('pg').Client} client @param {number} count
 */
export async function fillConsumers(client, count) {
  const limits = JSON.stringify(
    ['requests', 'characters'].map(metric => ({
      id: `${metric}/day`,
      ...{ metric, window: 'day', max: 100_000_000, model: null, per: null, mode: 'enforce' },
      ...{ countsCached: true, version: 1 },
    })),
  )
  const owner = JSON.stringify({
    ...{ managedBy: 'api', removedAtMs: null, resetsAtMs: [], createdAtMs: 1, updatedAtMs: 1 },
    ...{ plan: null, models: ['*'], providers: null, enabled: true, strict: false, showCost: false },
    metadata: {},
  })
  const tenants = Math.min(childrenOfRoot, count - 1)
  await client.query(
    `insert into quota_subject (kind, name, limits, thresholds_percent, version, owner)
      select 'consumer', name, $3::text::jsonb, '{80,90,100}', 1, $4::text::jsonb || jsonb_build_object('parent',
        case when parent is not null then jsonb_build_object('kind', 'consumer', 'name', parent) end)
      from (
        select 'root' as name, null as parent
        union all select 'tenant_' || k, 'root' from generate_series(1, $1::int) as k
        union all select 'app_' || k, 'tenant_' || 1 + k % ${parentsBelow} from generate_series(1, $2::int - 1 - $1) as k
      ) as tree on conflict do nothing`,
    [tenants, count, limits, owner],
  )
  await client.query('vacuum analyze quota_subject')
}

/**
 * Adds missing counters of today, as one call for each consumer would.
 * @param {import('pg').Client} client
 */
export async function fillTodayOfConsumers(client) {
  await client.query(
    `insert into quota_counter (writer, subject_kind, subject_name, limit_id, window_start, used, level, held, observed, at)
      select quotakeeper_least_writer(), kind, name, limit_id, date_trunc('day', now(), 'UTC'), 1, 0, 0, 0, now()
      from quota_subject, unnest('{requests/day,characters/day}'::text[]) as limit_id where kind = 'consumer'
      on conflict do nothing`,
  )
  await client.query('vacuum analyze quota_counter')
}

/**
 * Adds missing sums of this hour: one for each provider without a consumer, and one for each consumer by `key_0`.
 * @param {import('pg').Client} client
 */
export async function fillThisHour(client) {
  await client.query(
    `insert into usage_hourly (provider_name, hour_start, date, model, consumer, request_count)
      select provider_name, date_trunc('hour', now()), (now() at time zone 'UTC')::date, 'model_1', consumer, 1
      from (select name as provider_name, '' as consumer from ai_provider
        union all select 'key_0', name from quota_subject where kind = 'consumer') as calls on conflict do nothing`,
  )
  await client.query('vacuum analyze usage_hourly')
}
