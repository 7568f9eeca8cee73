import { randomUUID } from 'node:crypto'
import { examineStore, QuotaService, QuotaTracker } from '@quotakeeper/quota-core'
import { createTestDatabase } from '@quotakeeper/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Database,
  type MoveProgress,
  migrate,
  moveDatabase,
  openDatabase,
  PostgresQuotaStore,
  tables,
} from '../src/index.js'

let created: Awaited<ReturnType<typeof createTestDatabase>>
let source: Database
let target: Database

beforeAll(async () => {
  created = await createTestDatabase()
  source = await openDatabase('pglite:memory')
  target = await openDatabase(created.url)
  await Promise.all([migrate(source), migrate(target)])
  const store = new PostgresQuotaStore({ database: source })
  const tracker = new QuotaTracker({ store })
  const oddText = 'a "quoted" \\ backslash, Ünïcödé 😀, tab \t and comma'
  await tracker.upsertPool({
    name: 'p',
    timeZone: 'Asia/Tokyo',
    limits: [{ metric: 'tokens', window: 'month', max: 9_007_199_254_740_991 }],
  })
  await tracker.upsertProvider({
    name: 'a',
    vendor: 'custom',
    pool: 'p',
    metadata: { note: oddText, nested: { list: [1, null, true] } },
    limits: [
      { metric: 'characters', window: 'day', max: 100 },
      { metric: 'requests', window: 'rolling-1d', max: 7_919 },
    ],
  })
  await tracker.recordUsage('a', {
    characterCount: 95,
    inputTokenCount: 9_007_199_254_740_000,
    metadata: { note: oddText },
  })
  await tracker.reserve({ providerName: 'a', characterCount: 1, consumer: oddText.replace('\t', ' ') })
  const service = new QuotaService({ store })
  const refusal = { scope: 'provider', model: 'm', kind: 'billing', untilMs: null } as const
  await service.observe(null, { providerName: 'a', model: 'm', facts: [], refusal, succeeded: false })
  await source.withSession(session =>
    session.run([
      {
        name: '',
        text: `insert into ai_provider_usage (provider_name, date, request_count)
          select 'of_long_ago', date '2020-01-01' + d, d from generate_series(1, 1700) as d`,
        values: [],
      },
    ]),
  )
  await store.close()
})

afterAll(async () => {
  await Promise.all([source.close(), target.close()])
  await created.drop()
})

/** Everything in every table, as text. */
async function contents(database: Database): Promise<readonly string[]> {
  const names = Object.values(tables).flatMap(table =>
    typeof table === 'object' && table !== null && Symbol.for('drizzle:Name') in table
      ? [String(Reflect.get(table, Symbol.for('drizzle:Name')))]
      : [],
  )
  expect(names.length).toBe(12)
  const results = await database.withSession(session =>
    session.run(
      names.map(name => ({
        name: '',
        text: `select to_jsonb(t)::text as row from ${name} as t`,
        values: [],
      })),
    ),
  )
  return results.flatMap((rows, index) => rows.map(row => `${names[index]} ${row['row']}`)).sort()
}

test('everything arrives, letter by letter, and goes on from there', async () => {
  const progress: MoveProgress[] = []
  const counts = await moveDatabase(source, target, step => progress.push(step))
  expect(await contents(target)).toEqual(await contents(source))
  expect(counts.get('ai_provider_usage')).toBe(1_701)
  expect(progress.at(-1)?.rows).toBe(progress.at(-1)?.ofRows)
  const store = new PostgresQuotaStore({ database: target })
  expect(await examineStore(store, ['a'])).toEqual([])
  const tracker = new QuotaTracker({ store })
  await tracker.recordUsage('a', { id: randomUUID(), characterCount: 50 })
  const { rows } = await store.read({
    type: 'alerts',
    subjectKind: null,
    subjectName: null,
    severity: null,
    cursor: null,
    pageSize: 100,
  })
  expect(rows.filter(row => row.thresholdPercent === 100 && row.kind === 'threshold')).toHaveLength(1)
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
  expect(await examineStore(store, ['a'])).toEqual([])
  await store.close()
})

test('a target with anything in it is refused, and stays as it is', async () => {
  const before = await contents(target)
  await expect(moveDatabase(source, target, () => undefined)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('name an empty database'),
  })
  expect(await contents(target)).toEqual(before)
})

test('a move that is broken off leaves nothing behind', async () => {
  const own = await createTestDatabase()
  const empty = await openDatabase(own.url)
  await migrate(empty)
  const stop = new Error('interrupted')
  await expect(
    moveDatabase(source, empty, () => {
      throw stop
    }),
  ).rejects.toBe(stop)
  expect(await contents(empty)).toEqual([])
  await empty.close()
  await own.drop()
})
