import { setTimeout as pause } from 'node:timers/promises'
import { type ProviderInput, QuotaError } from '@quotakeeper/quota-core'
import { expect, test } from 'vitest'
import { examineFixture } from '../fixture/examine-fixture.js'
import { type Fixture, openFixture } from '../fixture/open-fixture.js'
import { figuresOf, report } from '../fixture/report.js'
import { loadMs } from '../settings.js'

const admin = { actor: 'admin', managedBy: 'api' } as const

test('limits lowered and raised, added and dropped in mid-load hold from the moment they are confirmed', async () => {
  await using fixture = await openFixture('changing settings')
  const workers = await fixture.startWorkers(3)
  const deadlineMs = performance.now() + loadMs
  const offTimes: OffTime[] = []
  let changes = 0
  let inUse = 0
  while (performance.now() < deadlineMs) {
    await changeLimits(fixture)
    inUse += await moveBetweenPools(fixture)
    offTimes.push(await switchOffForAWhile(fixture))
    changes += 3
    await pause(fixture.random.between(20, 200))
  }
  await Promise.all(workers.map(worker => worker.finish()))

  const examination = await examineFixture(fixture)
  report(fixture.name, figuresOf(examination), { changes, 'refused as in use': inUse })
  expect(examination.faults).toEqual([])
  expect(grantedWhileOff(offTimes, examination.ledger)).toEqual([])
  expect(inUse).toBeGreaterThan(0)
})

/** Sometimes below what is spent, sometimes above; a limit that is back counts what it has missed. */
async function changeLimits({ tracker, settings, random }: Fixture): Promise<void> {
  const limits: ProviderInput['limits'] = [
    { metric: 'requests', window: 'day', max: random.between(0, 4_000) },
    ...(random.chance(0.5)
      ? [{ metric: 'tokens', window: 'hour', max: random.between(1_000, 900_000) } as const]
      : []),
    ...(random.chance(0.3) ? [{ metric: 'characters', window: 'minute', max: null } as const] : []),
  ]
  const input: ProviderInput = { name: 'roomy', limits }
  const askedMs = Date.now()
  await tracker.upsertProvider(input)
  settings.note({ kind: 'provider', name: 'roomy' }, input, { askedMs, confirmedMs: Date.now() })
}

/** Must be refused while reservations run, since they are held where they were made; else it is undone. */
async function moveBetweenPools({ tracker }: Fixture): Promise<number> {
  try {
    await tracker.upsertProvider({ name: 'daily', pool: null })
    await tracker.upsertProvider({ name: 'daily', pool: 'organisation' })
    return 0
  } catch (error) {
    if (error instanceof QuotaError && error.code === 'IN_USE') return 1
    throw error
  }
}

interface OffTime {
  readonly confirmedOffMs: number
  readonly askedOnMs: number
}

async function switchOffForAWhile({ service, random }: Fixture): Promise<OffTime> {
  await service.setProviderEnabled({ name: 'minutely', enabled: false }, admin.actor)
  const confirmedOffMs = Date.now()
  await pause(random.between(10, 100))
  const askedOnMs = Date.now()
  await service.setProviderEnabled({ name: 'minutely', enabled: true }, admin.actor)
  return { confirmedOffMs, askedOnMs }
}

function grantedWhileOff(
  offTimes: readonly OffTime[],
  ledger: readonly { readonly kind: string; readonly providerName: string; readonly occurredAtMs: number }[],
): readonly string[] {
  return ledger
    .filter(({ kind, providerName }) => kind === 'call' && providerName === 'minutely')
    .filter(({ occurredAtMs }) =>
      offTimes.some(off => occurredAtMs > off.confirmedOffMs + 1 && occurredAtMs < off.askedOnMs - 1),
    )
    .map(({ occurredAtMs }) => `granted at ${new Date(occurredAtMs).toISOString()}, while switched off`)
}
