import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { examineFixture } from '../fixture/examine-fixture.js'
import type { Journals } from '../fixture/journals.js'
import { type Fixture, openFixture } from '../fixture/open-fixture.js'
import { figuresOf, report } from '../fixture/report.js'
import type { WorkerProcess } from '../fixture/worker-process.js'
import { loadMs } from '../settings.js'

test('kill -9 between reserve, dispatch and commit loses no answer, and leaks nothing past its expiry', async () => {
  await using fixture = await openFixture('killed workers')
  const workers = await fixture.startWorkers(4)
  const killed = await killNowAndThen(fixture, workers)
  await Promise.all(workers.map(worker => worker.finish()))

  const examination = await examineFixture(fixture)
  const figures = figuresOf(examination)
  const met = stepsMetByKills(examination.journals)
  report(fixture.name, figures, { killed, ...met })
  expect(examination.faults).toEqual([])
  expect(killed).toBeGreaterThan(0)
  expect(figures.unanswered).toBeGreaterThan(0)
  // A kill that met nobody in between would have proven nothing.
  expect(Math.min(met['in reserve'] ?? 0, met['in dispatch'] ?? 0, met['in commit'] ?? 0)).toBeGreaterThan(0)
})

/** Kills one worker or another for as long as the load lasts, and replaces it by a new one each time. */
async function killNowAndThen(fixture: Fixture, workers: WorkerProcess[]): Promise<number> {
  const deadlineMs = performance.now() + loadMs
  let killed = 0
  while (performance.now() < deadlineMs) {
    await pause(fixture.random.between(300, 900))
    const victim = fixture.random.between(0, workers.length - 1)
    await workers[victim]?.kill()
    killed++
    workers[victim] = await fixture.startWorker()
  }
  return killed
}

/** What callers of killed workers were doing: those of others have had their last answer. */
function stepsMetByKills({ lastEntries }: Journals): Readonly<Record<string, number>> {
  const met: Record<string, number> = {}
  for (const entry of lastEntries.flat()) {
    if (entry.entry === 'answered') continue
    const step = `in ${entry.action}`
    met[step] = (met[step] ?? 0) + 1
  }
  return met
}
