import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { examineField } from '../field/examine-field.js'
import { openField } from '../field/open-field.js'
import { figuresOf, report } from '../field/report.js'
import { withStore } from '../field/with-store.js'
import { loadMs } from '../settings.js'

/** A batch's patience of 5 s, the one attempt that it may begin at the end of it, and a busy machine. */
const longestCallMs = 11_000
/** A read waits for the one before it, and each of them for a connection, 2 s. */
const longestCallWhenKnownMs = 5_000
/** The pool's bound. */
const connectionsPerWorker = 10

test('a slow database slows its callers down; a stalled one fails them, without a pile-up, until it is back', async () => {
  await using field = await openField('slow database')
  const { proxy } = field
  const workers = await field.startWorkers(2, { throughProxy: true })
  workers.push(await field.startWorker())
  proxy.behave({ delayMs: 40 })
  await pause(loadMs / 2)
  proxy.behave({ isStalled: true })
  await pause(8_000)
  proxy.behave({})
  // A worker that does not recover by itself does not finish.
  await pause(loadMs / 2)
  await Promise.all(workers.map(worker => worker.finish()))

  const examination = await examineField(field)
  const figures = figuresOf(examination)
  report(field.name, figures, { connections: proxy.mostConnections() })
  expect(examination.faults).toEqual([])
  expect(figures.retried).toBeGreaterThan(0)
  expect(figures.longestCallMs).toBeLessThan(longestCallMs)
  expect(proxy.mostConnections()).toBeLessThanOrEqual(2 * connectionsPerWorker)
})

test('callers of a database that is known to be stalled are told so within a few seconds, however many', async () => {
  await using field = await openField('stalled database')
  await withStore(field.proxy.url, async tracker => {
    await tracker.recordUsage('roomy')
    field.proxy.behave({ isStalled: true })
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
    process.stdout.write(`  ${field.name}: at first ${first} ms, later ${later} ms\n`)
    expect(first).toBeLessThan(longestCallMs)
    expect(later).toBeLessThan(longestCallWhenKnownMs)
    field.proxy.behave({})
    await tracker.recordUsage('roomy')
  })
})
