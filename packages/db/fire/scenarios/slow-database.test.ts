import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { examineFixture } from '../fixture/examine-fixture.js'
import { openFixture } from '../fixture/open-fixture.js'
import { figuresOf, report } from '../fixture/report.js'
import { withStore } from '../fixture/with-store.js'
import { loadMs } from '../settings.js'

/** A batch's patience of 5 s, the one attempt that it may begin at the end of it, and a busy machine. */
const longestCallMs = 11_000
/** A read waits for the one before it, and each of them for a connection, 2 s. */
const longestCallWhenKnownMs = 5_000
/** The pool's bound. */
const connectionsPerWorker = 10

test('a slow database slows its callers down; a stalled one fails them, without a pile-up, until it is back', async () => {
  await using fixture = await openFixture('slow database')
  const { proxy } = fixture
  const workers = await fixture.startWorkers(2, { throughProxy: true })
  workers.push(await fixture.startWorker())
  proxy.behave({ delayMs: 40 })
  await pause(loadMs / 2)
  proxy.behave({ isStalled: true })
  await pause(8_000)
  proxy.behave({})
  // A worker that does not recover by itself does not finish.
  await pause(loadMs / 2)
  await Promise.all(workers.map(worker => worker.finish()))

  const examination = await examineFixture(fixture)
  const figures = figuresOf(examination)
  report(fixture.name, figures, { connections: proxy.maxConnections() })
  expect(examination.faults).toEqual([])
  expect(figures.retried).toBeGreaterThan(0)
  expect(figures.longestCallMs).toBeLessThan(longestCallMs)
  expect(proxy.maxConnections()).toBeLessThanOrEqual(2 * connectionsPerWorker)
})

test('callers of a database that is known to be stalled fail within a few seconds, however many', async () => {
  await using fixture = await openFixture('stalled database')
  await withStore(fixture.proxy.url, async tracker => {
    await tracker.recordUsage('roomy')
    fixture.proxy.behave({ isStalled: true })
    const waits: number[] = []
    const ask = async (call: () => Promise<unknown>): Promise<void> => {
      const startMs = performance.now()
      await expect(call()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
      waits.push(Math.round(performance.now() - startMs))
    }
    // Several batches full: each of them alone would wait for the database in turn.
    await Promise.all(Array.from({ length: 4_000 }, () => ask(() => tracker.recordUsage('roomy'))))
    const first = Math.max(...waits.splice(0))
    await Promise.all(Array.from({ length: 4_000 }, () => ask(() => tracker.recordUsage('roomy'))))
    await Promise.all(Array.from({ length: 200 }, () => ask(() => tracker.getUsageStats('roomy'))))
    const later = Math.max(...waits)
    process.stdout.write(`  ${fixture.name}: at first ${first} ms, later ${later} ms\n`)
    expect(first).toBeLessThan(longestCallMs)
    expect(later).toBeLessThan(longestCallWhenKnownMs)
    fixture.proxy.behave({})
    await tracker.recordUsage('roomy')
  })
})
