import type { RequestTrace } from '@quotakeeper/quota-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, RequestTraces } from '../src/index.js'
import { engines, openMigrated } from './engines.js'

const dayMs = 86_400_000
const nowMs = Math.floor(Date.now() / 60_000) * 60_000

let made = 0

function trace(reported: Partial<RequestTrace> & { readonly agoMs?: number } = {}): RequestTrace {
  const { agoMs = 60_000, ...rest } = reported
  return {
    requestId: `request-${++made}`,
    at: new Date(nowMs - agoMs).toISOString(),
    model: 'm',
    outcome: 'answered',
    httpStatus: 200,
    code: '',
    providerName: 'a',
    strategy: 'most-remaining',
    isStream: false,
    waitedMs: 0,
    durationMs: 12,
    attempts: [{ providerName: 'a', model: 'm', httpStatus: 200, ending: 'answered' }],
    skipped: [],
    ...rest,
  }
}

const everything = {
  cursor: null,
  pageSize: 100,
  outcome: null,
  providerName: null,
  model: null,
  from: null,
  to: null,
} as const

describe.each(engines())('request traces on $name', engine => {
  let database: Database & AsyncDisposable
  let traces: RequestTraces

  beforeAll(async () => {
    database = await openMigrated(engine)
    traces = new RequestTraces(database)
  })
  afterAll(() => database[Symbol.asyncDispose]())

  test('a trace is found by the id of its request', async () => {
    const skipped = [
      {
        providerName: 'b',
        model: 'm',
        reasons: [{ code: 'exhausted', limitId: 'requests/day', retryAt: null }],
      },
    ]
    const reported = trace({ skipped, isStream: true, waitedMs: 7, consumer: 'acme' })
    await traces.add([reported, trace()])
    const { at } = reported
    const kept = { ...reported, count: 1, requestIds: [reported.requestId], firstAt: at }
    expect(await traces.find(reported.requestId)).toEqual(kept)
    expect(await traces.find('nothing')).toBeNull()
    const of = async (consumers: readonly string[]) => {
      const { rows } = await traces.page({ ...everything, consumers })
      return rows.map(({ requestId }) => requestId)
    }
    expect(await of(['acme', 'globex'])).toEqual([reported.requestId])
    expect(await of(['globex'])).toEqual([])
  })

  test('refusals alike within a minute are one trace, whichever gateway reports them, with the latest ids', async () => {
    const reasons = [{ code: 'exhausted', limitId: 'requests/day', retryAt: new Date(nowMs).toISOString() }]
    const refused = (agoMs: number, limitId = 'requests/day'): RequestTrace =>
      trace({
        agoMs,
        model: 'refused',
        outcome: 'refused',
        httpStatus: 429,
        code: 'quota_exhausted',
        providerName: '',
        attempts: [],
        skipped: [
          { providerName: 'a', model: 'm', reasons: reasons.map(reason => ({ ...reason, limitId })) },
        ],
      })
    const many = Array.from({ length: 30 }, (_, index) => refused(59_000 - index * 100))
    await Promise.all([traces.add(many.slice(0, 15)), traces.add(many.slice(15))])
    await traces.add([refused(59_000, 'tokens/day'), refused(130_000)])
    const { rows } = await traces.page({ ...everything, model: 'refused' })
    expect(rows.map(row => row.count)).toEqual([30, 1, 1])
    expect(rows[0]?.requestIds).toHaveLength(20)
    expect(rows[0]?.at).toBe(many.at(-1)?.at)
    expect(rows[0]?.firstAt).toBe(many[0]?.at)
    expect(await traces.find(rows[0]?.requestId ?? '')).toMatchObject({ count: 30 })
  })

  test('a report that is repeated, since its answer was lost, is counted once', async () => {
    const refused = (): RequestTrace =>
      trace({ model: 'repeated', outcome: 'refused', httpStatus: 429, providerName: '', attempts: [] })
    const report = [...Array.from({ length: 30 }, refused), trace({ model: 'repeated' })]
    await traces.add(report)
    await traces.add([refused()])
    await traces.add(report)
    const { rows } = await traces.page({ ...everything, model: 'repeated' })
    expect(rows.map(({ count }) => count).toSorted()).toEqual([1, 31])
  })

  test('a refusal after calls stands by itself', async () => {
    const failed = (): RequestTrace => trace({ model: 'failed', outcome: 'refused', httpStatus: 502 })
    await traces.add([failed(), failed()])
    expect((await traces.page({ ...everything, model: 'failed' })).rows).toHaveLength(2)
  })

  test('lists are newest first over pages, each once, and by what is asked for', async () => {
    const listed = Array.from({ length: 5 }, (_, index) =>
      trace({ model: 'listed', agoMs: 60_000 + index * 1_000, providerName: index % 2 === 0 ? 'x' : 'y' }),
    )
    await traces.add(listed)
    const found: string[] = []
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<RequestTraces['page']>> = await traces.page({
        ...everything,
        model: 'listed',
        pageSize: 2,
        cursor,
      })
      found.push(...page.rows.map(row => row.requestId))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(found).toEqual(listed.map(({ requestId }) => requestId))
    const ofY = await traces.page({ ...everything, model: 'listed', providerName: 'y' })
    expect(ofY.rows).toHaveLength(2)
    const span = { from: listed[3]?.at ?? '', to: listed[0]?.at ?? '' }
    expect((await traces.page({ ...everything, model: 'listed', ...span })).rows).toHaveLength(3)
    await expect(traces.page({ ...everything, cursor: 'foreign' })).rejects.toMatchObject({ field: 'cursor' })
  })

  test('after a week they are not found, and removed', async () => {
    const old = trace({ model: 'old', agoMs: 7 * dayMs + 60_000 })
    const kept = trace({ model: 'old', agoMs: 6 * dayMs })
    await traces.add([old, kept])
    expect(await traces.find(old.requestId)).toBeNull()
    expect((await traces.page({ ...everything, model: 'old' })).rows).toHaveLength(1)
    expect(await traces.prune()).toBe(1)
    expect(await traces.prune()).toBe(0)
    expect(await traces.find(kept.requestId)).not.toBeNull()
  })
})
