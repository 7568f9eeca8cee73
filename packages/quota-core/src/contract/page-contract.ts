import assert from 'node:assert/strict'
import { providerRef } from '../domain/subject.js'
import type { PageOf, ProvidersPage, ProvidersQuery, Query, QueryResult } from '../store.js'
import { limit, record, reserve } from './commands.js'
import { contractCase, type StoreContractCase } from './contract-case.js'
import type { Fixture } from './fixture.js'

const dayMs = 86_400_000
type PagedQuery = Extract<Query, { readonly cursor: string | null }>

/** Every row of a query, read page by page. */
async function everyPage<Row>(
  fixture: Fixture,
  query: PagedQuery,
  pageSize: number,
): Promise<readonly (readonly Row[])[]> {
  const pages: (readonly Row[])[] = []
  let cursor: string | null = null
  for (let count = 0; count < 1_000; count++) {
    // The result is a page of the query's rows, which TypeScript cannot infer from a union of queries.
    const page = (await fixture.store.read({ ...query, cursor, pageSize } as PagedQuery)) as PageOf<Row>
    pages.push(page.rows)
    if (page.nextCursor === null) return pages
    cursor = page.nextCursor
  }
  throw new Error('the pages do not end')
}

/** Asserts that pages of any size return the same rows in the same order, each once. */
async function expectPages(fixture: Fixture, query: PagedQuery): Promise<void> {
  const [whole = []] = await everyPage(fixture, query, 10_000)
  assert.ok(whole.length >= 3, 'there must be enough rows to turn pages')
  for (const pageSize of [1, 2, whole.length, whole.length + 1]) {
    const pages = await everyPage(fixture, query, pageSize)
    assert.deepEqual(pages.flat(), whole, `pages of ${pageSize}`)
    assert.ok(
      pages.every(page => page.length > 0 && page.length <= pageSize),
      `pages of ${pageSize}`,
    )
  }
}

/** Pages of history, sums, ledger and alerts. */
export const pageCases: readonly StoreContractCase[] = [
  contractCase('history is ordered by day, newest first, then by provider, in pages', async fixture => {
    const names = [await fixture.provider('b'), await fixture.provider('a')]
    const nowMs = await fixture.nowMs()
    for (const name of names) {
      for (const daysAgo of [0, 1, 5, 1]) {
        const occurredAtMs = nowMs - daysAgo * dayMs
        await fixture.answer(
          record(fixture.id(), name, { occurredAtMs, counts: { characterCount: daysAgo } }),
        )
      }
    }
    const today = (await fixture.stats(names[0] ?? '')).date
    const [name = ''] = names
    const days = await fixture.days(name)
    assert.deepEqual(
      days.map(day => [day.providerName, day.requestCount, day.characterCount]),
      [
        [name, 1, 0],
        [name, 2, 2],
        [name, 1, 5],
      ],
    )
    assert.equal(days[0]?.date, today)
    const between = { type: 'history', providerName: name, cursor: null, pageSize: 10 } as const
    const yesterday = days[1]?.date ?? ''
    const only = await fixture.store.read({ ...between, from: yesterday, to: yesterday })
    assert.deepEqual(only, { rows: [days[1]], nextCursor: null })
    const query = { ...between, from: '0001-01-01', to: '9999-12-31' }
    await expectPages(fixture, query)
    const all = await fixture.store.read({ ...query, providerName: null, pageSize: 10_000 })
    const own = all.rows.filter(row => names.includes(row.providerName))
    const order = own.map(row => [row.date, row.providerName])
    const sorted = [...order].sort(
      ([leftDate = '', leftName = ''], [rightDate = '', rightName = '']) =>
        Number(leftDate < rightDate) - Number(leftDate > rightDate) ||
        Number(leftName > rightName) - Number(leftName < rightName),
    )
    assert.deepEqual(order, sorted)
    assert.equal(own.length, 6)
  }),

  contractCase('sums can be grouped by day, hour, provider, model and consumer', async fixture => {
    const name = await fixture.provider('a')
    const nowMs = await fixture.nowMs()
    const calls = [
      { model: 'x', consumer: 'red', occurredAtMs: nowMs },
      { model: 'x', consumer: 'red', occurredAtMs: nowMs - 7_200_000 },
      { model: 'y', consumer: 'red', occurredAtMs: nowMs - dayMs },
      { model: '', consumer: '', occurredAtMs: nowMs - dayMs },
    ]
    for (const call of calls) await fixture.answer(record(fixture.id(), name, call))
    const range = { from: '0001-01-01', to: '9999-12-31', cursor: null, pageSize: 10_000 } as const
    const groupBy = ['provider', 'day', 'hour', 'model', 'consumer'] as const
    const query = { type: 'summary', providerName: null, ...range, groupBy } as const
    const { rows } = await fixture.store.read(query)
    const own = rows.filter(row => row.providerName === name)
    assert.equal(own.length, 4)
    const newest = own.find(row => row.model === 'x' && Date.parse(row.hour ?? '') > nowMs - 3_600_000)
    assert.equal(newest?.day, (await fixture.stats(name)).date)
    // It is 12:30 in the fixture's time zone.
    assert.equal(newest?.hour, new Date(Math.floor(nowMs / 60_000) * 60_000 - 1_800_000).toISOString())
    const byModel = await fixture.store.read({ ...query, groupBy: ['model', 'provider'] })
    const models = byModel.rows.filter(row => row.providerName === name)
    assert.deepEqual(
      models.map(row => [row.model, row.requestCount, 'hour' in row, 'consumer' in row]),
      [
        ['', 1, false, false],
        ['x', 2, false, false],
        ['y', 1, false, false],
      ],
    )
    await expectPages(fixture, query)
    const ofOne = { ...query, providerName: name, groupBy: ['model'] } as const
    assert.deepEqual(
      (await fixture.store.read(ofOne)).rows.map(row => [row.model, row.requestCount]),
      models.map(row => [row.model, row.requestCount]),
    )
    await expectPages(fixture, ofOne)
    // A day that no other case uses: their sums together may exceed the exact numbers.
    await fixture.answer(record(fixture.id(), name, { occurredAtMs: nowMs - 61 * dayMs }))
    const oldest = (await fixture.store.read(query)).rows.find(row => row.providerName === name)
    const day = { from: oldest?.day ?? '', to: oldest?.day ?? '', groupBy: [] } as const
    const [total] = (await fixture.store.read({ ...query, ...day })).rows
    assert.ok((total?.requestCount ?? 0) >= 1)
  }),

  contractCase('the ledger is newest first, by provider and by request, in pages', async fixture => {
    const name = await fixture.provider('a')
    const nowMs = await fixture.nowMs()
    const requestId = fixture.name('request')
    for (const minutesAgo of [3, 1, 2, 2, 2]) {
      const occurredAtMs = nowMs - minutesAgo * 60_000
      await fixture.answer(
        record(fixture.id(), name, { occurredAtMs, requestId: minutesAgo === 2 ? requestId : '' }),
      )
    }
    const query = { type: 'ledger', providerName: name, requestId: null, cursor: null, pageSize: 10 } as const
    const { rows } = await fixture.store.read(query)
    assert.deepEqual(
      rows.map(row => Math.round((nowMs - row.occurredAtMs) / 60_000)),
      [1, 2, 2, 2, 3],
    )
    await expectPages(fixture, query)
    const dates = rows.map(({ date }) => date)
    const days = { from: dates[4] ?? '', to: dates[0] ?? '' }
    await expectPages(fixture, { ...query, days })
    assert.equal((await fixture.store.read({ ...query, days })).rows.length, 5)
    const longAgo = { from: '2001-01-01', to: '2001-01-02' }
    assert.deepEqual((await fixture.store.read({ ...query, days: longAgo })).rows, [])
    const byRequest = await fixture.store.read({ ...query, providerName: null, requestId })
    assert.equal(byRequest.rows.length, 3)
    await expectPages(fixture, { ...query, providerName: null, requestId })
    const none = await fixture.store.read({ ...query, providerName: fixture.name('missing') })
    assert.deepEqual(none, { rows: [], nextCursor: null })
  }),

  contractCase('the ledger is filtered by model, consumer and state, alone and combined', async fixture => {
    const name = await fixture.provider('a')
    const nowMs = await fixture.nowMs()
    const calls = [
      { model: 'x', consumer: 'red' },
      { model: 'y', consumer: 'red' },
      { model: 'y', consumer: 'blue' },
      { model: '', consumer: '' },
    ]
    for (const [minutesAgo, call] of calls.entries())
      await fixture.answer(record(fixture.id(), name, { ...call, occurredAtMs: nowMs - minutesAgo * 60_000 }))
    await fixture.answer(reserve(fixture.id(), name, { model: 'y' }))
    const query = { type: 'ledger', requestId: null, cursor: null, pageSize: 10 } as const
    const filters = [
      [{ model: 'y' }, 3],
      [{ consumer: 'red' }, 2],
      [{ model: 'y', consumer: 'red' }, 1],
      [{ state: 'pending' }, 1],
      [{ state: 'committed', model: 'y' }, 2],
      [{ state: 'released' }, 0],
    ] as const
    for (const [filter, count] of filters) {
      const ofOne = { ...query, ...filter, providerName: name }
      const { rows } = await fixture.store.read(ofOne)
      assert.equal(rows.length, count, JSON.stringify(filter))
      for (const row of rows) assert.deepEqual({ ...row, ...filter }, row)
      if (count > 2) await expectPages(fixture, ofOne)
    }
    const ofAll = { ...query, providerName: null, consumer: 'blue', pageSize: 1_000 }
    const { rows } = await fixture.store.read(ofAll)
    assert.equal(rows.filter(row => row.providerName === name).length, 1)
  }),

  contractCase('alerts are newest first, by subject and severity, in pages', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 100 })] })
    for (const requestCount of [85, 10, 10]) {
      await fixture.answer(record(fixture.id(), name, { counts: { requestCount } }))
    }
    const subject = { subjectKind: 'provider', subjectName: name } as const
    const query = { type: 'alerts', ...subject, severity: null, cursor: null, pageSize: 10 } as const
    const { rows } = await fixture.store.read(query)
    assert.deepEqual(
      rows.map(row => row.thresholdPercent),
      [100, 90, 80],
    )
    assert.equal(new Set(rows.map(row => row.id)).size, 3)
    await expectPages(fixture, query)
    const errors = await fixture.store.read({ ...query, severity: 'error' })
    assert.deepEqual(errors.rows, rows.slice(0, 1))
  }),

  contractCase('an invalid cursor is refused', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    await fixture.answer(record(fixture.id(), name))
    const range = { from: '0001-01-01', to: '9999-12-31' } as const
    const queries: readonly PagedQuery[] = [
      { type: 'history', providerName: name, ...range, cursor: 'nonsense', pageSize: 10 },
      { type: 'summary', providerName: null, ...range, groupBy: ['day'], cursor: 'nonsense', pageSize: 10 },
      { type: 'ledger', providerName: name, requestId: null, cursor: 'nonsense', pageSize: 10 },
      {
        type: 'alerts',
        subjectKind: 'provider',
        subjectName: name,
        severity: null,
        cursor: 'nonsense',
        pageSize: 10,
      },
    ]
    for (const query of queries) {
      const read: Promise<QueryResult<PagedQuery>> = fixture.store.read(query)
      await assert.rejects(read, { name: 'QuotaError', code: 'INVALID_INPUT', field: 'cursor' }, query.type)
    }
  }),

  contractCase('a snapshot of all holds every provider and pool, including removed ones', async fixture => {
    const pool = await fixture.pool('p')
    const [first, second] = [await fixture.provider('a', { pool }), await fixture.provider('b')]
    await fixture.answer({
      type: 'removeSubject',
      kind: 'provider',
      name: second,
      actor: 'admin',
      managedBy: 'api',
    })
    const { state } = await fixture.store.read({ type: 'snapshot', providerNames: null })
    assert.equal(state.provider(first)?.removedAtMs, null)
    assert.notEqual(state.provider(second)?.removedAtMs, null)
    assert.ok(state.provider(second) && state.owner({ kind: 'pool', name: pool }))
    const members = state.members({ kind: 'pool', name: pool }).map(({ kind, name }) => [kind, name])
    assert.deepEqual(members, [['provider', first]])
    assert.ok([...state.providers()].some(({ name }) => name === second))
    assert.ok([...state.owners('pool')].some(({ name }) => name === pool))
    const some = await fixture.store.read({
      type: 'snapshot',
      providerNames: [first, fixture.name('missing')],
    })
    assert.ok(some.state.provider(first))
    assert.equal(some.state.provider(fixture.name('missing')), undefined)
    assert.ok(some.state.subject({ kind: 'pool', name: pool }))
  }),

  contractCase(
    'providers in use are read in pages by name, also after one that is removed',
    async fixture => {
      const pool = await fixture.pool('p')
      const names: string[] = []
      for (const label of ['d', 'b', 'e', 'a', 'c'])
        names.push(await fixture.provider(label, { pool, limits: [limit({ max: 5 })] }))
      names.sort()
      const pages = async (pageSize: number): Promise<readonly string[]> => {
        const found: string[] = []
        let afterName: string | null = fixture.name('')
        for (let count = 0; count < 1_000; count++) {
          const query: ProvidersQuery = { type: 'providers', afterName, pageSize }
          const page: ProvidersPage = await fixture.store.read(query)
          for (const name of page.names) {
            const [owner, subject] = [page.state.provider(name), page.state.subject(providerRef(name))]
            assert.deepEqual([owner?.name, owner?.removedAtMs, subject?.name], [name, null, name])
            if (names.includes(name)) {
              assert.deepEqual([owner?.parent?.name, subject?.limits.length], [pool, 1])
              found.push(name)
            }
          }
          afterName = page.names.at(-1) ?? null
          if (page.isLast || afterName === null) return found
          assert.equal(page.names.length, pageSize)
        }
        throw new Error('the pages do not end')
      }
      for (const pageSize of [2, 5, 10_000]) assert.deepEqual(await pages(pageSize), names)
      const [first = '', second = '', third = ''] = names
      await fixture.answer({
        type: 'removeSubject',
        ...providerRef(second),
        actor: 'admin',
        managedBy: 'api',
      })
      const next = await fixture.store.read({ type: 'providers', afterName: second, pageSize: 1 })
      assert.deepEqual(next.names, [third])
      const around = await fixture.store.read({ type: 'providers', afterName: first, pageSize: 1 })
      assert.deepEqual([around.names, around.isLast], [[third], false])
    },
  ),
]
