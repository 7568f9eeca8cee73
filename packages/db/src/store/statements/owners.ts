import {
  type Consumer,
  maxChainLevels,
  maxMembersNamed,
  type NeededMembers,
  type Owner,
  type PlainOwner,
  type Provider,
  poolKind,
  providerKind,
  providerRef,
  type SubjectKind,
  type SubjectRef,
} from '@quotakeeper/quota-core'
import type { Row, Statement } from '../../database/database.js'
import { namesOf } from './attempts.js'
import { dependentsOf, isInUse } from './descendants.js'
import { msOf, readMs, sent } from './rows.js'

/** The columns that {@link readProvider} reads. */
export const providerSelection: string = `name, vendor, pool_name, models, priority, on_expiry, enabled, managed_by, consumers, metadata,
  ${['removed_at', 'created_at', 'updated_at'].map(msOf).join(', ')}, resets`
const poolSelection = `name, managed_by, ${['removed_at', 'created_at', 'updated_at'].map(msOf).join(', ')}, resets`

/** A statement that reads owners, and what its rows are. */
export interface OwnerRead {
  readonly statement: Statement
  readonly ownerOf: (row: Row) => Owner
}

/** Where the owners of one kind are kept. Those of all other kinds are in the rows of their subjects. */
interface OwnerTable {
  /** By name; null reads all. */
  readonly read: (names: readonly string[] | null) => Statement
  /** Some of those in use with this parent; null where owners of the kind have none. */
  readonly readMembers: ((parentName: string) => Statement) | null
  readonly ownerOf: (row: Row) => Owner
}

const ownerTables: ReadonlyMap<SubjectKind, OwnerTable> = new Map<SubjectKind, OwnerTable>([
  [providerKind, { read: readProviders, readMembers: readMembersOfPool, ownerOf: readProvider }],
  [poolKind, { read: readPools, readMembers: null, ownerOf: readPool }],
])

/** Reads the owners of these subjects, or of all, that are not in the subjects' own rows. */
export function readOwners(subjects: readonly SubjectRef[] | null): readonly OwnerRead[] {
  return [...ownerTables].flatMap(([kind, { read, ownerOf }]) => {
    const names = subjects && namesOf(subjects, kind)
    return names?.length === 0 ? [] : [{ statement: read(names), ownerOf }]
  })
}

/** Reads the members that a command needs, of these kinds. */
export function readMembers(
  { subject: { kind, name }, which }: NeededMembers,
  kinds: readonly SubjectKind[],
): readonly OwnerRead[] {
  if (which === 'deepest') return [{ statement: deepestMembers(kind, name), ownerOf: ownerOfOther }]
  const others = kinds.filter(kind => !ownerTables.has(kind))
  const inTables = kinds.flatMap(kind => {
    const table = ownerTables.get(kind)
    return table?.readMembers ? [{ statement: table.readMembers(name), ownerOf: table.ownerOf }] : []
  })
  if (others.length === 0) return inTables
  return [...inTables, { statement: directMembers(kind, name, others), ownerOf: ownerOfOther }]
}

/** One more than a refusal names. */
const maxMembersRead = maxMembersNamed + 1

function directMembers(kind: SubjectKind, name: string, kinds: readonly SubjectKind[]): Statement {
  return {
    name: `members-of-${kind}`,
    text: `select kind, name, owner from (${dependentsOf(kind, '$2::text')}) as s
      where kind = any($1::text[]) and ${isInUse} limit ${maxMembersRead}`,
    values: [kinds, name],
  }
}

/** Names alone are gone through, for one of which the owners are read. */
function deepestMembers(kind: SubjectKind, name: string): Statement {
  return {
    name: 'deepest-members',
    text: `with recursive below(name, path) as (
        select $2::text, '{}'::text[]
        union all
        select s.name, path || s.name from below cross join lateral (${dependentsOf(kind, 'below.name')}) as s
        where kind = $1 and ${isInUse} and cardinality(path) < ${maxChainLevels}
      )
      select kind, name, owner from quota_subject where kind = $1
        and name = any((select path from below order by cardinality(path) desc limit 1)::text[])`,
    values: [kind, name],
  }
}

/** Keeps an owner, whose subject is locked. */
export function keepOwner(owner: Owner): Statement {
  if (owner.kind === providerKind) return upsertProvider(owner)
  return owner.kind === poolKind ? upsertPool(owner) : updateOwner(owner)
}

/** The owner that the row of its subject has; null where it is kept elsewhere, or there is none yet. */
export function ownerInSubject(row: Row): Owner | null {
  return row['owner'] === null || row['owner'] === undefined ? null : ownerOfOther(row)
}

/** An owner that is kept in the row of its subject. */
type OtherOwner = PlainOwner | Consumer

/** The owner that a row of quota_subject gives, which has one. */
function ownerOfOther(row: Row): OtherOwner {
  // Columns that only this package writes, from values of these very types.
  const { kind, name, owner } = row as {
    kind: 'consumer'
    name: string
    owner: Omit<Consumer, 'kind' | 'name'>
  }
  return { ...owner, kind, name }
}

function updateOwner({ kind, name, ...kept }: OtherOwner): Statement {
  return {
    name: 'update-owner',
    text: 'update quota_subject set owner = $3::text::jsonb where kind = $1 and name = $2',
    values: [kind, name, JSON.stringify(kept)],
  }
}

/** The provider that a parameter names, and its parent: kinds and names, as a query. */
export function chainOfProvider(parameter: string): string {
  return `select '${providerKind}', ${parameter}::text
    union all select '${poolKind}', pool_name from ai_provider where name = ${parameter} and pool_name <> ''`
}

function readProviders(names: readonly string[] | null): Statement {
  if (names === null)
    return { name: 'all-providers', text: `select ${providerSelection} from ai_provider`, values: [] }
  return {
    name: 'providers',
    text: `select ${providerSelection} from ai_provider where name = any($1::text[])`,
    values: [names],
  }
}

function readMembersOfPool(poolName: string): Statement {
  return {
    name: 'members-of-pool',
    text: `select ${providerSelection} from ai_provider where pool_name <> '' and pool_name = $1 and removed_at is null
      limit ${maxMembersRead}`,
    values: [poolName],
  }
}

/** Reads providers by name, and with them all that share a pool with one of these. */
export function readRelatedProviders(names: readonly string[]): OwnerRead {
  const statement: Statement = {
    name: 'related-providers',
    text: `select ${providerSelection} from ai_provider where name = any($1::text[]) or (pool_name <> '' and pool_name in
      (select pool_name from ai_provider where name = any($1::text[])))`,
    values: [names],
  }
  return { statement, ownerOf: readProvider }
}

function readPools(names: readonly string[] | null): Statement {
  if (names === null)
    return { name: 'all-pools', text: `select ${poolSelection} from quota_pool`, values: [] }
  return {
    name: 'pools',
    text: `select ${poolSelection} from quota_pool where name = any($1::text[])`,
    values: [names],
  }
}

function upsertProvider(provider: Provider): Statement {
  return {
    name: 'upsert-provider',
    text: `insert into ai_provider (name, vendor, pool_name, models, priority, on_expiry, enabled, managed_by,
        metadata, removed_at, reset_at, created_at, updated_at, resets, consumers)
      values ($1, $2, $3, $4::text[], $5, $6, $7, $8, $9::text::jsonb, $10, $11, $12, $13, $14::text::jsonb, $15::text[])
      on conflict (name) do update set vendor = excluded.vendor, pool_name = excluded.pool_name,
        models = excluded.models, priority = excluded.priority, on_expiry = excluded.on_expiry,
        enabled = excluded.enabled, managed_by = excluded.managed_by, metadata = excluded.metadata,
        removed_at = excluded.removed_at, reset_at = excluded.reset_at, updated_at = excluded.updated_at,
        resets = excluded.resets, consumers = excluded.consumers`,
    values: [
      provider.name,
      provider.vendor,
      provider.parent?.name ?? '',
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
      provider.consumers,
    ],
  }
}

function upsertPool(pool: PlainOwner): Statement {
  return {
    name: 'upsert-pool',
    text: `insert into quota_pool (name, managed_by, removed_at, created_at, updated_at, resets)
      values ($1, $2, $3, $4, $5, $6::text::jsonb)
      on conflict (name) do update set managed_by = excluded.managed_by, removed_at = excluded.removed_at,
        updated_at = excluded.updated_at, resets = excluded.resets`,
    values: [
      pool.name,
      pool.managedBy,
      sent(pool.removedAtMs),
      sent(pool.createdAtMs),
      sent(pool.updatedAtMs),
      JSON.stringify(pool.resetsAtMs),
    ],
  }
}

/** A provider as its row gives it. */
export function readProvider(row: Row): Provider {
  return {
    ...providerRef(String(row['name'])),
    vendor: String(row['vendor']),
    parent: row['pool_name'] === '' ? null : { kind: poolKind, name: String(row['pool_name']) },
    // Columns that only this package writes, from values of these very types.
    models: row['models'] as Provider['models'],
    priority: Number(row['priority']),
    onExpiry: row['on_expiry'] as Provider['onExpiry'],
    consumers: row['consumers'] as Provider['consumers'],
    metadata: row['metadata'] as Provider['metadata'],
    managedBy: row['managed_by'] as Provider['managedBy'],
    enabled: row['enabled'] === true,
    removedAtMs: readMs(row['removed_at_ms']),
    resetsAtMs: (row['resets'] as readonly unknown[]).map(Number),
    createdAtMs: Number(row['created_at_ms']),
    updatedAtMs: Number(row['updated_at_ms']),
  }
}

function readPool(row: Row): PlainOwner {
  return {
    kind: poolKind,
    parent: null,
    resetsAtMs: (row['resets'] as readonly unknown[]).map(Number),
    name: String(row['name']),
    managedBy: row['managed_by'] as PlainOwner['managedBy'],
    removedAtMs: readMs(row['removed_at_ms']),
    createdAtMs: Number(row['created_at_ms']),
    updatedAtMs: Number(row['updated_at_ms']),
  }
}
