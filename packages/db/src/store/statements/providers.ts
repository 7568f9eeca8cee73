import type { Pool, Provider } from '@quotakeeper/quota-core'
import type { Row, Statement } from '../../database/database.js'
import { msOf, readMs, sent } from './instants.js'

const providerSelection = `name, vendor, pool_name, models, priority, on_expiry, enabled, managed_by, metadata,
  ${['removed_at', 'created_at', 'updated_at'].map(msOf).join(', ')}, resets`
const poolSelection = `name, managed_by, ${['removed_at', 'created_at', 'updated_at'].map(msOf).join(', ')}`

/** Reads providers by name, and with them all that are in these pools; null reads all. */
export function readProviders(names: readonly string[] | null, poolNames: readonly string[] = []): Statement {
  if (names === null) {
    return { name: 'all-providers', text: `select ${providerSelection} from ai_provider`, values: [] }
  }
  return {
    name: 'providers',
    text: `select ${providerSelection} from ai_provider
      where name = any($1::text[]) or (pool_name <> '' and pool_name = any($2::text[]))`,
    values: [names, poolNames],
  }
}

/** Reads providers by name, and with them all that share a pool with one of these. */
export function readRelatedProviders(names: readonly string[]): Statement {
  return {
    name: 'related-providers',
    text: `select ${providerSelection} from ai_provider where name = any($1::text[]) or (pool_name <> '' and pool_name in
      (select pool_name from ai_provider where name = any($1::text[])))`,
    values: [names],
  }
}

/** Reads pools by name; null reads all. */
export function readPools(names: readonly string[] | null): Statement {
  if (names === null)
    return { name: 'all-pools', text: `select ${poolSelection} from quota_pool`, values: [] }
  return {
    name: 'pools',
    text: `select ${poolSelection} from quota_pool where name = any($1::text[])`,
    values: [names],
  }
}

/** Keeps a provider, whose subject is locked. */
export function upsertProvider(provider: Provider): Statement {
  return {
    name: 'upsert-provider',
    text: `insert into ai_provider (name, vendor, pool_name, models, priority, on_expiry, enabled, managed_by,
        metadata, removed_at, reset_at, created_at, updated_at, resets)
      values ($1, $2, $3, $4::text[], $5, $6, $7, $8, $9::text::jsonb, $10, $11, $12, $13, $14::text::jsonb)
      on conflict (name) do update set vendor = excluded.vendor, pool_name = excluded.pool_name,
        models = excluded.models, priority = excluded.priority, on_expiry = excluded.on_expiry,
        enabled = excluded.enabled, managed_by = excluded.managed_by, metadata = excluded.metadata,
        removed_at = excluded.removed_at, reset_at = excluded.reset_at, updated_at = excluded.updated_at,
        resets = excluded.resets`,
    values: [
      provider.name,
      provider.vendor,
      provider.pool ?? '',
      provider.models,
      provider.priority,
      provider.onExpiry,
      provider.enabled,
      provider.managedBy,
      JSON.stringify(provider.metadata),
      sent(provider.removedAtMs),
      sent(provider.resetsAtMs.at(-1) ?? null),
      sent(provider.createdAtMs),
      sent(provider.updatedAtMs),
      JSON.stringify(provider.resetsAtMs),
    ],
  }
}

/** Keeps a pool, whose subject is locked. */
export function upsertPool(pool: Pool): Statement {
  return {
    name: 'upsert-pool',
    text: `insert into quota_pool (name, managed_by, removed_at, created_at, updated_at) values ($1, $2, $3, $4, $5)
      on conflict (name) do update set managed_by = excluded.managed_by, removed_at = excluded.removed_at,
        updated_at = excluded.updated_at`,
    values: [
      pool.name,
      pool.managedBy,
      sent(pool.removedAtMs),
      sent(pool.createdAtMs),
      sent(pool.updatedAtMs),
    ],
  }
}

/** A provider as its row gives it. */
export function readProvider(row: Row): Provider {
  return {
    name: String(row['name']),
    vendor: String(row['vendor']),
    pool: row['pool_name'] === '' ? null : String(row['pool_name']),
    // Columns that only this package writes, from values of these very types.
    models: row['models'] as Provider['models'],
    priority: Number(row['priority']),
    onExpiry: row['on_expiry'] as Provider['onExpiry'],
    metadata: row['metadata'] as Provider['metadata'],
    managedBy: row['managed_by'] as Provider['managedBy'],
    enabled: row['enabled'] === true,
    removedAtMs: readMs(row['removed_at_ms']),
    resetsAtMs: (row['resets'] as readonly unknown[]).map(Number),
    createdAtMs: Number(row['created_at_ms']),
    updatedAtMs: Number(row['updated_at_ms']),
  }
}

/** A pool as its row gives it. */
export function readPool(row: Row): Pool {
  return {
    name: String(row['name']),
    managedBy: row['managed_by'] as Pool['managedBy'],
    removedAtMs: readMs(row['removed_at_ms']),
    createdAtMs: Number(row['created_at_ms']),
    updatedAtMs: Number(row['updated_at_ms']),
  }
}
