import { setTimeout as pause } from 'node:timers/promises'
import type { Attempt, ProviderInput } from '@quotakeeper/quota-core'
import { expect, test } from 'vitest'
import { examineFixture } from '../fixture/examine-fixture.js'
import { type Fixture, openFixture } from '../fixture/open-fixture.js'
import { figuresOf, report } from '../fixture/report.js'

const minuteMs = 60_000
const beforeMs = 3_000
const afterMs = 3_000

test('a window that turns in mid-load is spent to its limit before, and to its limit again afterwards', async () => {
  await using fixture = await openFixture('window rollover')
  await raiseMinuteLimit(fixture)
  // Reservations of 1 to 3 s are under way when it turns; until shortly before, there is nothing to see.
  const turnsAtMs = nextTurnMs()
  await pause(turnsAtMs - beforeMs - Date.now())
  const workers = await fixture.startWorkers(3)
  await pause(turnsAtMs + afterMs - Date.now())
  await Promise.all(workers.map(worker => worker.finish()))

  const examination = await examineFixture(fixture)
  const grants = examination.ledger.filter(
    ({ kind, providerName }) => kind === 'call' && providerName === 'minutely',
  )
  const isBefore = ({ occurredAtMs }: Attempt): boolean => occurredAtMs < turnsAtMs
  const across = grants.filter(grant => isBefore(grant) && (grant.settledAtMs ?? 0) >= turnsAtMs)
  const before = grants.filter(isBefore).length
  report(fixture.name, figuresOf(examination), {
    before,
    after: grants.length - before,
    across: across.length,
  })
  expect(examination.faults).toEqual([])
  expect(before).toBeGreaterThan(0)
  expect(grants.length - before).toBeGreaterThan(0)
  expect(across.length).toBeGreaterThan(0)
})

/** Not spent at once, so that calls are in flight when the window turns. */
async function raiseMinuteLimit({ tracker, settings }: Fixture): Promise<void> {
  const input: ProviderInput = {
    name: 'minutely',
    limits: [
      { metric: 'requests', window: 'minute', max: 350 },
      { metric: 'tokens', window: 'minute', max: null },
    ],
  }
  const askedMs = Date.now()
  await tracker.upsertProvider(input)
  settings.note({ kind: 'provider', name: input.name }, input, { askedMs, confirmedMs: Date.now() })
}

/** The first turn of a minute before which there is time for all that comes before it. */
function nextTurnMs(): number {
  return Math.ceil((Date.now() + beforeMs) / minuteMs) * minuteMs
}
