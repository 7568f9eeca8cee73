import {
  consumerKind,
  MemoryQuotaStore,
  maxChainLevels,
  type QuotaStore,
  SubjectKinds,
  subjectKinds,
} from '@quotakeeper/quota-core'
import { expect, test } from 'vitest'
import { openDatabase, PostgresQuotaStore } from '../src/index.js'
import { createMigratedDatabase } from './migrated-databases.js'

const by = { actor: 'admin', managedBy: 'api' } as const
const levels = maxChainLevels + 2
/** Of which a tree may be deeper than is read of it. */
const kinds = new SubjectKinds(
  subjectKinds.map(kind => (kind.kind === consumerKind ? { ...kind, maxLevels: 100 } : kind)),
)

/** Makes a tree that is too deep; answers how many levels are read from below, and from above. */
async function levelsRead(store: QuotaStore): Promise<readonly [number, number]> {
  for (let level = 1; level <= levels; level++)
    await store.execute([
      {
        ...{ type: 'upsertConsumer', kind: consumerKind, name: `c${level}`, ...by },
        parent: level === 1 ? null : `c${level - 1}`,
      },
    ])
  const deepest = { kind: consumerKind, name: `c${levels}` } as const
  const state = await store.read({ type: 'settings', subjects: [deepest] })
  const chain = state.kinds.chain(state, deepest)
  const loaded = chain.filter(ref => state.subject(ref) !== undefined)
  const page = { cursor: null, pageSize: 100 } as const
  const below = await store.read({ type: 'owners', kind: consumerKind, under: 'c1', ...page })
  return [loaded.length, below.rows.length]
}

test('both stores read as many levels of a tree as quota-core follows, upwards and downwards', async () => {
  await using created = await createMigratedDatabase()
  const database = await openDatabase(created.url)
  try {
    const both = [maxChainLevels, maxChainLevels]
    expect(await levelsRead(new MemoryQuotaStore({ now: Date.now, kinds }))).toEqual(both)
    expect(await levelsRead(new PostgresQuotaStore({ database, kinds }))).toEqual(both)
  } finally {
    await database.close()
  }
})
