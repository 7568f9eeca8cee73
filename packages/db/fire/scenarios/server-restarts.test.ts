import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { examineField } from '../field/examine-field.js'
import { openField } from '../field/open-field.js'
import { figuresOf, report } from '../field/report.js'
import { loadMs } from '../settings.js'

test('PostgreSQL restarted and crashed in mid-load loses no answer, and the workers go on by themselves', async () => {
  await using field = await openField('server restarts')
  const workers = await field.startWorkers(3)
  const deadlineMs = performance.now() + loadMs
  let restarts = 0
  // One of each kind at least, however slow the machine.
  while (restarts < 2 || performance.now() < deadlineMs) {
    await pause(field.random.between(800, 2_000))
    await field.server.restart(restarts % 2 === 0 ? 'immediate' : 'fast')
    restarts++
  }
  await pause(1_000)
  // A worker that could not go on would not finish.
  await Promise.all(workers.map(worker => worker.finish()))

  const examination = await examineField(field)
  report(field.name, figuresOf(examination), { restarts })
  expect(examination.faults).toEqual([])
  expect(restarts).toBeGreaterThan(1)
})
