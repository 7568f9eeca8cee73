import { setTimeout as pause } from 'node:timers/promises'
import type { QuotaTracker } from '@quotakeeper/quota-core'
import { expect, test } from 'vitest'
import type { CommitLoss } from '../faults/connection-pair.js'
import { examineFixture } from '../fixture/examine-fixture.js'
import { openFixture } from '../fixture/open-fixture.js'
import { figuresOf, report } from '../fixture/report.js'
import { withStore } from '../fixture/with-store.js'
import { loadMs } from '../settings.js'

test.each([
  // It decides on cached state: a batch is one statement.
  { who: 'a lone process', throughProxy: 1, others: 0 },
  { who: 'four processes', throughProxy: 2, others: 2 },
])(
  'what $who committed though the answer was lost is answered as landed, and counts once',
  async ({ who, throughProxy, others }) => {
    await using fixture = await openFixture(`lost commits, ${who}`)
    const { random, proxy } = fixture
    const losses = [
      null,
      null,
      null,
      null,
      null,
      null,
      'before',
      'after',
    ] as const satisfies (CommitLoss | null)[]
    proxy.behave({ loseCommit: () => random.pick(losses) })
    const workers = await fixture.startWorkers(throughProxy, { throughProxy: true })
    workers.push(...(await fixture.startWorkers(others)))
    await pause(loadMs)
    proxy.behave({})
    await Promise.all(workers.map(worker => worker.finish()))

    const examination = await examineFixture(fixture)
    const lost = proxy.lostCommits()
    report(fixture.name, figuresOf(examination), { 'lost before': lost.before, 'lost after': lost.after })
    expect(examination.faults).toEqual([])
    expect(Math.min(lost.before, lost.after)).toBeGreaterThan(10)
  },
)

test('a reservation whose COMMIT never arrives is refused as unavailable, and granted when asked for again', async () => {
  await using fixture = await openFixture('commits that never arrive')
  await withStore(fixture.proxy.url, async tracker => {
    fixture.proxy.behave({ loseCommit: () => 'before' })
    // Outlives the store's own patience, so that the client itself has to ask again.
    await expect(tracker.reserve(request)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    fixture.proxy.behave({})
    expect(await tracker.getUsageStats('roomy')).toMatchObject({ limits: [{ held: 0 }, {}] })
    expect(await tracker.reserve(request)).toMatchObject({ decision: 'granted' })
    await expectCountedOnce(tracker)
  })
})

test('a reservation that has landed though the answer to COMMIT was lost is answered by the store itself', async () => {
  await using fixture = await openFixture('answers that never arrive')
  await withStore(fixture.proxy.url, async tracker => {
    fixture.proxy.behave({ loseCommit: () => 'after' })
    expect(await tracker.reserve(request)).toMatchObject({ decision: 'granted' })
    expect(fixture.proxy.lostCommits()).toEqual({ before: 0, after: 1 })
    await expectCountedOnce(tracker)
    expect(fixture.proxy.lostCommits()).toEqual({ before: 0, after: 2 })
  })
})

test('a client that got "unavailable" although its reservation was committed may repeat it, and is counted once', async () => {
  await using fixture = await openFixture('a database that is gone after its COMMIT')
  const { proxy } = fixture
  await withStore(proxy.url, async tracker => {
    const stallAfterCommit = (): CommitLoss => {
      proxy.behave({ isStalled: true })
      return 'after'
    }
    proxy.behave({ loseCommit: stallAfterCommit })
    await expect(tracker.reserve(request)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(await fixture.tracker.getUsageStats('roomy')).toMatchObject({ limits: [{ held: 7 }, {}] })
    proxy.behave({})
    expect(await tracker.reserve(request)).toMatchObject({ decision: 'granted' })
    await expectCountedOnce(tracker)
  })
})

const request = { providerName: 'roomy', id: '6b1f0c5e-7d53-4c8e-9a55-1f2f3a4b5c6d', requestCount: 7 }

async function expectCountedOnce(tracker: QuotaTracker): Promise<void> {
  const commit = { reservationId: request.id, requestCount: 3 }
  await tracker.commit(commit)
  const stats = await tracker.commit(commit)
  expect(stats).toMatchObject({ requestCount: 3, limits: [{ used: 3, held: 0 }, { used: 0 }] })
}
