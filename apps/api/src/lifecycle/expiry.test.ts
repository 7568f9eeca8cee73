import { type ExpiryStep, MemoryQuotaStore, QuotaTracker } from '@quotakeeper/quota-core'
import { expect, it } from 'vitest'
import { startExpiry } from './expiry.js'

const pauses = { idleMs: 5, stepMs: 1 }

function logOf(lines: string[]) {
  const write = (_: object, text: string): void => void lines.push(text)
  return { info: write, warn: write }
}

it('expires due attempts in as many steps as needed, and later ones as they become due', async () => {
  let nowMs = Date.now()
  const tracker = new QuotaTracker({ store: new MemoryQuotaStore({ now: () => nowMs }) })
  await tracker.upsertProvider({ name: 'a', vendor: 'v', limits: [] })
  const reserve = () => tracker.reserve({ providerName: 'a', ttlSeconds: 1 })
  for (let count = 0; count < 600; count++) await reserve()
  nowMs += 2_000
  const expiry = startExpiry({ step: () => tracker.expireDue(), log: logOf([]), pauses })
  const used = async () => (await tracker.getUsageStats('a')).requestCount
  await expect.poll(used).toBe(600)
  await reserve()
  nowMs += 2_000
  await expect.poll(used).toBe(601)
  await expiry.stop()
})

it('logs a failure once, however often it repeats, and once that it works again', async () => {
  const lines: string[] = []
  let isFailing = true
  let steps = 0
  const step = async (): Promise<ExpiryStep> => {
    steps++
    if (isFailing) throw new Error('the database is away')
    return { expired: 0, isFull: false }
  }
  const expiry = startExpiry({ step, log: logOf(lines), pauses })
  await expect.poll(() => steps).toBeGreaterThan(3)
  expect(lines).toHaveLength(1)
  isFailing = false
  await expect.poll(() => lines).toHaveLength(2)
  await expiry.stop()
  const stepsBefore = steps
  await new Promise(resolve => setImmediate(resolve))
  expect(steps).toBe(stepsBefore)
  expect(lines).toHaveLength(2)
})

it('is bounded: a turn ends, and stopping waits only for the running step', async () => {
  let steps = 0
  let isStopped = false
  const step = async (): Promise<ExpiryStep> => {
    expect(isStopped).toBe(false)
    steps++
    return { expired: 100, isFull: true }
  }
  const expiry = startExpiry({ step, log: logOf([]), pauses: { idleMs: 1, stepMs: 0 } })
  await expect.poll(() => steps).toBeGreaterThan(300)
  await expiry.stop()
  isStopped = true
})
