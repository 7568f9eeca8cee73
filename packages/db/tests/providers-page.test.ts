import { QuotaService } from '@quotakeeper/quota-core'
import { expect, test } from 'vitest'
import { openDatabase, PostgresQuotaStore } from '../src/index.js'
import { createMigratedDatabase } from './migrated-databases.js'
import { withRoundTrips } from './with-round-trips.js'

const by = { actor: 'admin', managedBy: 'api' } as const
const names = Array.from({ length: 60 }, (_, index) => `p${10 + index}`)
const page = { cursor: null, pageSize: 10 } as const

test('a page reads the settings of its own providers alone, and again only those that have changed', async () => {
  await using created = await createMigratedDatabase()
  await using database = Object.assign(await openDatabase(created.url), {
    [Symbol.asyncDispose]: () => database.close(),
  })
  const writer = new PostgresQuotaStore({ database })
  const change = (name: string, priority: number) =>
    writer.execute([
      {
        ...{ type: 'upsertProvider', name, vendor: 'v', priority, ...by },
        ...{ pool: undefined, models: undefined, onExpiry: undefined, metadata: undefined },
      },
    ])
  for (const name of names) await change(name, 1)
  const rowCounts: number[][] = []
  const between: (() => Promise<unknown>)[] = []
  const counted = withRoundTrips(database, async (statements, run) => {
    const rows = await run(statements)
    rowCounts.push(rows.map(({ length }) => length))
    await between.shift()?.()
    return rows
  })
  const reader = new QuotaService({ store: new PostgresQuotaStore({ database: counted }) })
  const listed = async () => {
    rowCounts.splice(0)
    const { rows, nextCursor } = await reader.providersPage(page)
    return { names: rows.map(({ name }) => name), priority: rows[3]?.priority, nextCursor, rowCounts }
  }
  const first = { names: names.slice(0, 10), priority: 1, nextCursor: 'p19' }
  expect(await listed()).toEqual({ ...first, rowCounts: [[11], [10]] })
  expect(await listed()).toEqual({ ...first, rowCounts: [[11]] })
  await change('p13', 2)
  expect(await listed()).toEqual({ ...first, priority: 2, rowCounts: [[11], [1]] })
  expect(await reader.providersPage({ cursor: 'p19', pageSize: 100 })).toMatchObject({ nextCursor: null })

  // One that is removed after the names were read is left out.
  await change('p13', 3)
  between.push(() => writer.execute([{ type: 'removeSubject', kind: 'provider', name: 'p13', ...by }]))
  expect((await listed()).names).toEqual(names.slice(0, 10).filter(name => name !== 'p13'))
})
