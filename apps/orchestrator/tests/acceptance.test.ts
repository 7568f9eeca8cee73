import {
  geminiDaySpent,
  groqQuotaHeaders,
  groqRateLimited,
  isThorough,
  type VendorCall,
} from '@quotakeeper/test-kit'
import { beforeAll, expect, test } from 'vitest'
import { type Fixture, startFixture } from './fixture.js'
import { sharedTestApi, type TestApi } from './test-api.js'

const keys = ['a', 'b', 'c', 'd', 'e'] as const
const calls = isThorough ? 800 : 160
const atOnce = calls / 40
/** Requests a day per key; together three quarters of the demand. */
const perDay = (calls * 3) / 4 / keys.length
const dayMs = 86_400_000

let api: TestApi
beforeAll(async () => {
  api = await sharedTestApi()
})

/** A vendor whose keys refill continuously, with Groq's headers and refusals. */
function rollingVendor(perKey: (apiKey: string) => number) {
  const levels = new Map<string, { used: number; atMs: number }>()
  let refused = 0
  return {
    get refused() {
      return refused
    },
    respond: (call: VendorCall) => {
      const apiKey = call.apiKey ?? ''
      const limit = perKey(apiKey)
      const nowMs = Date.now()
      const before = levels.get(apiKey) ?? { used: 0, atMs: nowMs }
      const used = Math.max(0, before.used - ((nowMs - before.atMs) * limit) / dayMs)
      const quota = { metric: 'requests', window: 'day', limit } as const
      if (used + 1 > limit) {
        refused++
        return groqRateLimited({ ...quota, model: call.model ?? '', used: Math.ceil(used), requested: 1 })
      }
      levels.set(apiKey, { used: used + 1, atMs: nowMs })
      const headers = groqQuotaHeaders({ ...quota, used: Math.ceil(used + 1) })
      return { kind: 'complete', headers, delayMs: 5 } as const
    },
  }
}

/** Sends many requests, some concurrently; returns how many were served. */
async function askMany(fixture: Fixture): Promise<number> {
  let asked = 0
  let served = 0
  const loop = async (): Promise<void> => {
    while (asked++ < calls) if ((await fixture.ask()).status === 200) served++
  }
  await Promise.all(Array.from({ length: atOnce }, loop))
  return served
}

test('calls on five keys with configured limits use the whole quota, with hardly any refusals', async () => {
  const limits = [{ metric: 'requests', window: 'rolling-1d', max: perDay }] as const
  const given = Object.fromEntries(keys.map(key => [key, { vendor: 'groq', limits: [...limits] }]))
  await using fixture = await startFixture(api, { keys: given })
  const vendor = rollingVendor(() => perDay)
  fixture.vendor.respondWith(vendor.respond)
  const served = await askMany(fixture)
  expect(vendor.refused).toBeLessThanOrEqual(calls / 100)
  expect(served).toBeGreaterThanOrEqual(0.95 * keys.length * perDay)
})

test('without configured limits these are learned from the first answers, with hardly any refusals afterwards', async () => {
  const given = Object.fromEntries(keys.map(key => [key, { vendor: 'groq', limits: [] }]))
  await using fixture = await startFixture(api, { keys: given })
  const vendor = rollingVendor(() => perDay)
  fixture.vendor.respondWith(vendor.respond)
  const served = await askMany(fixture)
  expect(vendor.refused).toBeLessThanOrEqual((calls * 5) / 100)
  expect(served).toBeGreaterThanOrEqual(0.95 * keys.length * perDay)
  const { limits, models } = await api.client.stats.get.query({ providerName: fixture.nameOf('a') })
  expect(limits).toMatchObject([
    { source: 'learned', window: 'rolling-1d', max: perDay, vendor: { max: perDay } },
  ])
  expect(models).toMatchObject([{ status: 'disabled' }])
  const { learnedLimits } = await api.client.providers.get.query({ name: fixture.nameOf('a') })
  expect(learnedLimits).toMatchObject([{ metric: 'requests', max: perDay }])
})

test('if a vendor reports daily limits only by refusals, no key is called again until midnight Pacific', async () => {
  const given = Object.fromEntries(keys.map(key => [key, { vendor: 'gemini', limits: [] }]))
  await using fixture = await startFixture(api, { keys: given })
  const counted = new Map<string, number>()
  let refused = 0
  fixture.vendor.respondWith(({ apiKey, model }) => {
    const used = (counted.get(apiKey ?? '') ?? 0) + 1
    if (used > perDay) {
      refused++
      return geminiDaySpent({ model: model ?? '', limit: perDay })
    }
    counted.set(apiKey ?? '', used)
    return { kind: 'complete', delayMs: 5 }
  })
  const served = await askMany(fixture)
  expect(served).toBe(keys.length * perDay)
  // Of each key, only calls that were in flight when its day turned out to be spent.
  expect(refused).toBeLessThanOrEqual(keys.length * atOnce)
  const { models } = await api.client.stats.get.query({ providerName: fixture.nameOf('a') })
  const pacific = new Intl.DateTimeFormat('en', {
    timeZone: 'America/Los_Angeles',
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
  })
  expect(pacific.format(new Date(models[0]?.availableAt ?? ''))).toBe('00:00')
})

test('a raised configured limit is used at once, even if the old one is spent', async () => {
  const limits = (max: number) => [{ metric: 'requests', window: 'rolling-1d', max } as const]
  await using fixture = await startFixture(api, { keys: { a: { vendor: 'groq', limits: limits(5) } } })
  let plan = 5
  fixture.vendor.respondWith(rollingVendor(() => plan).respond)
  const statuses = async (count: number): Promise<number> => {
    const all = []
    for (let index = 0; index < count; index++) all.push((await fixture.ask()).status)
    return all.filter(status => status === 200).length
  }
  expect(await statuses(7)).toBe(5)
  plan = 20
  await api.client.providers.upsert.mutate({ name: fixture.nameOf('a'), limits: limits(20) })
  expect(await statuses(5)).toBe(5)
})
