import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { examineFixture } from '../fixture/examine-fixture.js'
import { openFixture } from '../fixture/open-fixture.js'
import { figuresOf, report } from '../fixture/report.js'
import { loadMs } from '../settings.js'

const hourMs = 3_600_000

test('applications whose clocks are an hour off decide as all others: only the clock of the database counts', async () => {
  await using fixture = await openFixture('wrong clocks')
  const workers = [
    await fixture.startWorker(),
    await fixture.startWorker({ clockShiftMs: -hourMs }),
    await fixture.startWorker({ clockShiftMs: hourMs }),
  ]
  await pause(loadMs / 2)
  await Promise.all(workers.map(worker => worker.finish()))

  const examination = await examineFixture(fixture)
  report(fixture.name, figuresOf(examination))
  expect(examination.faults).toEqual([])
  const instants = examination.ledger.map(({ occurredAtMs }) => occurredAtMs)
  expect(Math.max(...instants) - Math.min(...instants)).toBeLessThan(hourMs / 2)
})
