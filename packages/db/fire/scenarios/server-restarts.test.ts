import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { examineFixture } from '../fixture/examine-fixture.js'
import { openFixture } from '../fixture/open-fixture.js'
import { figuresOf, report } from '../fixture/report.js'
import { loadMs } from '../settings.js'

test('PostgreSQL restarted and crashed in mid-load loses no answer, and the workers go on by themselves', async () => {
  await using fixture = await openFixture('server restarts')
  const workers = await fixture.startWorkers(3)
  const deadlineMs = performance.now() + loadMs
  let restarts = 0
  // One of each kind at least, however slow the machine.
  while (restarts < 2 || performance.now() < deadlineMs) {
    await pause(fixture.random.between(800, 2_000))
    await fixture.server.restart(restarts % 2 === 0 ? 'immediate' : 'fast')
    restarts++
  }
  await pause(1_000)
  // A worker that could not go on would not finish.
  await Promise.all(workers.map(worker => worker.finish()))

  const examination = await examineFixture(fixture)
  report(fixture.name, figuresOf(examination), { restarts })
  expect(examination.faults).toEqual([])
  expect(restarts).toBeGreaterThan(1)
})
