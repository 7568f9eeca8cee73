import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { examineField } from '../field/examine-field.js'
import { openField } from '../field/open-field.js'
import { figuresOf, report } from '../field/report.js'
import { loadMs } from '../settings.js'

test('four processes on one database grant no more than any limit allows, and lose nothing', async () => {
  await using field = await openField('four processes')
  const workers = await field.startWorkers(4)
  await pause(loadMs)
  await Promise.all(workers.map(worker => worker.finish()))

  const examination = await examineField(field)
  const figures = figuresOf(examination)
  report(field.name, figures)
  expect(examination.faults).toEqual([])
  expect(figures).toMatchObject({ unanswered: 0, retried: 0 })
  expect(figures.granted).toBeGreaterThan(500)
  expect(figures.denied).toBeGreaterThan(20)
})
