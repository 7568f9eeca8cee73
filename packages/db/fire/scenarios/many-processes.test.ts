import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { examineFixture } from '../fixture/examine-fixture.js'
import { openFixture } from '../fixture/open-fixture.js'
import { figuresOf, report } from '../fixture/report.js'
import { loadMs } from '../settings.js'

test('four processes on one database grant no more than any limit allows, and lose nothing', async () => {
  await using fixture = await openFixture('four processes')
  const workers = await fixture.startWorkers(4)
  await pause(loadMs)
  await Promise.all(workers.map(worker => worker.finish()))

  const examination = await examineFixture(fixture)
  const figures = figuresOf(examination)
  report(fixture.name, figures)
  expect(examination.faults).toEqual([])
  expect(figures).toMatchObject({ unanswered: 0, retried: 0 })
  expect(figures.granted).toBeGreaterThan(500)
  expect(figures.denied).toBeGreaterThan(20)
})
