import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { examineField } from '../field/examine-field.js'
import { openField } from '../field/open-field.js'
import { figuresOf, report } from '../field/report.js'
import { loadMs } from '../settings.js'

const hourMs = 3_600_000

test('applications whose clocks are an hour off decide as all others: only the clock of the database counts', async () => {
  await using field = await openField('wrong clocks')
  const workers = [
    await field.startWorker(),
    await field.startWorker({ clockShiftMs: -hourMs }),
    await field.startWorker({ clockShiftMs: hourMs }),
  ]
  await pause(loadMs / 2)
  await Promise.all(workers.map(worker => worker.finish()))

  const examination = await examineField(field)
  report(field.name, figuresOf(examination))
  expect(examination.faults).toEqual([])
  const instants = examination.ledger.map(({ occurredAtMs }) => occurredAtMs)
  expect(Math.max(...instants) - Math.min(...instants)).toBeLessThan(hourMs / 2)
})
