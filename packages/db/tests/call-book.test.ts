import { randomUUID } from 'node:crypto'
import {
  type CallFigures,
  type CallsReport,
  histogramOf,
  hourStartOf,
  noCalls,
  type PerformanceQuery,
  QuotaError,
} from '@quotakeeper/quota-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CallBook, type Database } from '../src/index.js'
import { engines, openMigrated } from './engines.js'
import { readValue } from './read-value.js'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

function answered(more: Partial<CallFigures> & { readonly tookMs?: number; readonly agoMs?: number } = {}) {
  const { tookMs = 800, agoMs = 0, ...rest } = more
  const figures: CallFigures = {
    ...{ hourStart: hourStartOf(Date.now() - agoMs), providerName: 'a', model: 'm', consumer: '' },
    ...{ isOther: false, ...noCalls, answeredCount: 1 },
    ...{ durations: histogramOf(tookMs), firstTokens: histogramOf(tookMs / 4) },
    ...rest,
  }
  return figures
}

function report(calls: readonly CallFigures[], reporter: string = randomUUID(), number = 1) {
  return { reporter, number, calls }
}

/** Sends a report again as long as the database is too slow, as gateways do. */
async function addAsGateway(book: CallBook, sent: CallsReport): Promise<void> {
  for (;;) {
    try {
      await book.add(sent)
      return
    } catch (error) {
      if (!(error instanceof QuotaError && error.isRetryable)) throw error
    }
  }
}

const byProvider: PerformanceQuery = {
  ...{ by: 'provider', period: '24h', providerName: null, model: null, consumer: null },
  ...{ cursor: null, pageSize: 100 },
}

const none = { durations: [], firstTokens: [] }

describe.each(engines())('the book of calls on $name', engine => {
  let database: Database & AsyncDisposable
  let book: CallBook

  beforeAll(async () => {
    database = await openMigrated(engine)
    book = new CallBook(database)
  })
  beforeEach(async () => {
    await readValue(database, 'delete from call_hourly')
  })
  afterAll(() => database[Symbol.asyncDispose]())

  const rowsOf = async (more: Partial<PerformanceQuery> = {}) =>
    (await book.page({ ...byProvider, ...more }, Date.now())).rows

  test('sums calls by how they ended, with percentiles of those that were answered', async () => {
    const calls = [
      ...Array.from({ length: 18 }, () => answered()),
      ...Array.from({ length: 2 }, () => answered({ tookMs: 20_000 })),
      answered({ ...none, answeredCount: 0, refusedCount: 1 }),
      answered({ ...none, answeredCount: 0, failedCount: 2 }),
      answered({ ...none, answeredCount: 0, abortedCount: 4 }),
      answered({ ...none, providerName: '', answeredCount: 0, turnedAwayCount: 7 }),
    ]
    await book.add(report(calls))
    const [away, ofA] = await rowsOf()
    expect(away).toMatchObject({
      name: '',
      turnedAwayCount: 7,
      callCount: 0,
      successShare: null,
      duration: null,
    })
    expect(ofA).toMatchObject({
      ...{ name: 'a', answeredCount: 20, refusedCount: 1, failedCount: 2, abortedCount: 4, callCount: 27 },
      successShare: 20 / 23,
    })
    const near = (ms: number) => expect.closeTo(ms, -Math.log10(ms * 0.182))
    expect(ofA?.duration).toEqual({ p50Ms: near(800), p95Ms: near(20_000) })
    expect(ofA?.firstToken).toEqual({ p50Ms: near(200), p95Ms: near(5_000) })
  })

  test('a report that is sent again is counted once: later, at the same time, and after the next one', async () => {
    const reporter = randomUUID()
    const first = report([answered()], reporter, 1)
    const others = Array.from({ length: 3 }, () => new CallBook(database))
    const taken = await Promise.all([book, ...others].map(each => each.add(first)))
    expect(taken.filter(Boolean)).toHaveLength(1)
    expect(await book.add(first)).toBe(false)
    expect(await book.add(report([answered()], reporter, 2))).toBe(true)
    expect(await book.add(first)).toBe(false)
    expect((await rowsOf())[0]?.answeredCount).toBe(2)
  })

  test('reports of several gateways at once add up, and none waits for ever', async () => {
    const models = Array.from({ length: 40 }, (_, index) => `model ${index}`)
    const reporters = Array.from({ length: 6 }, (_, index) => ({
      id: randomUUID(),
      isReversed: index % 2 === 1,
    }))
    await Promise.all(
      reporters.map(async ({ id, isReversed }) => {
        for (let number = 1; number <= 5; number++) {
          const names = isReversed ? models.toReversed() : models
          await addAsGateway(
            book,
            report(
              names.map(model => answered({ model })),
              id,
              number,
            ),
          )
        }
      }),
    )
    const rows = await rowsOf({ by: 'model' })
    expect(rows).toHaveLength(40)
    expect(new Set(rows.map(row => row.answeredCount))).toEqual(new Set([30]))
  })

  test('a report that fails leaves nothing, and may be sent again', async () => {
    const reporter = randomUUID()
    const broken = report([answered(), answered({ model: 'not \0 for PostgreSQL' })], reporter)
    await expect(book.add(broken)).rejects.toThrow()
    expect(await rowsOf()).toEqual([])
    expect(await book.add(report([answered()], reporter))).toBe(true)
  })

  test('a bucket that is full takes no more, and makes no report fail', async () => {
    const many = { durations: [2_000_000_000], firstTokens: [2_000_000_000] }
    await book.add(report([answered(many), answered(many)]))
    await book.add(report([answered({ durations: [1] })]))
    expect(await readValue(database, 'select durations[1] from call_hourly')).toBe(2_147_483_647)
    expect((await rowsOf())[0]?.answeredCount).toBe(3)
  })

  test('an hour keeps a bounded number of groups, and loses no call', async () => {
    const many = Array.from({ length: 1_150 }, (_, index) => answered({ model: `model ${index}` }))
    for (let from = 0; from < many.length; from += 100) {
      await book.add(report(many.slice(from, from + 100)))
    }
    expect(await readValue(database, 'select count(*)::int from call_hourly')).toBe(1_001)
    expect((await rowsOf())[0]).toMatchObject({ name: 'a', isOther: false, answeredCount: 1_150 })
    const models = await rowsOf({ by: 'model', pageSize: 2_000 })
    expect(models.filter(row => row.isOther)).toMatchObject([{ name: '', answeredCount: 150 }])
  })

  test('requests that were turned away, whose models their clients make up, displace no calls of the hour', async () => {
    await readValue(
      database,
      `insert into call_hourly select date_trunc('hour', now()), '', 'made up ' || n, '', false,
        0, 0, 0, 0, 1, '{}', '{}' from generate_series(1, 2000) as n`,
    )
    const away = { ...none, providerName: '', answeredCount: 0, turnedAwayCount: 1 }
    await book.add(report([answered({ ...away, model: 'made up 0' }), answered({ model: 'real' })]))
    const [[real], others] = await Promise.all([
      rowsOf({ by: 'model', model: 'real' }),
      rowsOf({ by: 'model', pageSize: 10 }),
    ])
    expect(real).toMatchObject({ name: 'real', answeredCount: 1 })
    expect(others[0]).toMatchObject({ name: '', isOther: true, turnedAwayCount: 1 })
  })

  test('periods begin at a whole hour, hours ahead are counted now, and old ones are removed', async () => {
    await book.add(report([answered({ agoMs: -3 * hourMs, providerName: 'ahead' })]))
    await book.add(report([answered({ agoMs: 23 * hourMs, providerName: 'day' })]))
    await book.add(report([answered({ agoMs: 24 * hourMs, providerName: 'week' })]))
    await book.add(report([answered({ agoMs: 29 * dayMs, providerName: 'too old' })]))
    const names = async (period: '24h' | '7d') => (await rowsOf({ period })).map(({ name }) => name)
    expect(await names('24h')).toEqual(['ahead', 'day'])
    expect(await names('7d')).toEqual(['ahead', 'day', 'week'])
    const { from } = await book.page(byProvider, Date.parse('2026-11-29T12:34:56Z'))
    expect(from).toBe('2026-11-28T13:00:00.000Z')
    await readValue(database, "update call_hourly set hour_start = hour_start - interval '28 days'")
    await readValue(database, "update call_report set reported_at = reported_at - interval '29 days'")
    await book.add(report([answered()]))
    expect(await book.prune()).toBeGreaterThan(3)
    expect(await book.prune()).toBe(0)
    expect(await names('24h')).toEqual(['a'])
    expect(await readValue(database, 'select count(*)::int from call_report')).toBe(1)
  })

  test('a sum that would block the process is refused on PGlite, and answered by a server', async () => {
    await readValue(
      database,
      `insert into call_hourly select date_trunc('hour', now() - interval '2 hours'), 'many', 'm' || n, '', false,
        1, 0, 0, 0, 0, '{0,1}', '{}' from generate_series(1, 20001) as n`,
    )
    const reading = rowsOf()
    if (database.kind === 'pglite') {
      await expect(reading).rejects.toMatchObject({ code: 'READ_REFUSED' })
      expect(await rowsOf({ model: 'm1' })).toMatchObject([{ name: 'many', answeredCount: 1 }])
    } else expect(await reading).toMatchObject([{ name: 'many', answeredCount: 20_001 }])
  })

  test('pages are in the order of names, each once, and by what is asked for', async () => {
    const names = ['', 'Zoë', 'b', 'ä', 'a b', 'a"\\,{}']
    await book.add(report(names.map(consumer => answered({ consumer, model: 'listed' }))))
    await book.add(report([answered({ consumer: '', model: '', isOther: true })]))
    const found: string[] = []
    let cursor: string | null = null
    do {
      const query: PerformanceQuery = { ...byProvider, by: 'consumer', pageSize: 2, cursor }
      const page: Awaited<ReturnType<CallBook['page']>> = await book.page(query, Date.now())
      found.push(...page.rows.map(row => (row.isOther ? 'other' : row.name)))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(found).toEqual(['', 'other', 'Zoë', 'a b', 'a"\\,{}', 'b', 'ä'])
    const counted = async (more: Partial<PerformanceQuery>) =>
      (await rowsOf(more)).reduce((sum, row) => sum + row.answeredCount, 0)
    expect(await counted({})).toBe(7)
    expect(await counted({ model: 'listed' })).toBe(6)
    expect(await counted({ providerName: 'b' })).toBe(0)
    // Those of others are of nobody in particular.
    expect(await counted({ consumers: ['', 'b'] })).toBe(2)
    expect(await counted({ consumer: '' })).toBe(1)
    await expect(book.page({ ...byProvider, cursor: 'foreign' }, Date.now())).rejects.toMatchObject({
      field: 'cursor',
    })
  })
})
