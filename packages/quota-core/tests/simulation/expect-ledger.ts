import assert from 'node:assert/strict'
import { type Attempt, addCounts, type Counts, noCounts } from '@quotakeeper/quota-core'
import type { BookedCall } from './call-book.js'
import type { PlannedProvider } from './plan.js'
import type { World } from './world.js'

/**
 * Asserts at the end that the ledger holds what the vendors counted, plus only calls in flight at a crash: no call
 * without a row, no row without a grant, nothing pending.
 */
export async function expectLedger(world: World): Promise<void> {
  const { plan, book, store } = world
  for (const provider of plan.providers) {
    const whole = { providerName: provider.name, requestId: null, cursor: null, pageSize: 10_000 }
    const { rows } = await store.read({ type: 'ledger', ...whole })
    const calls = rows.filter(row => row.kind === 'call')
    const booked = [...book.calls.values()].filter(call => call.providerName === provider.name)
    assert.equal(calls.length, booked.length, `${provider.name}: a row for each grant, and no other`)
    for (const row of calls) expectRow(row, book.call(row.id), provider)
    expectSums(world, provider, { calls, booked })
  }
}

function expectRow(row: Attempt, call: BookedCall, { onExpiry }: PlannedProvider): void {
  const { settled, reserved } = call
  if (settled === null) {
    assert.equal(row.state, 'expired', `${row.id}: not settled`)
    assert.deepEqual(row.charged, onExpiry === 'charge' ? reserved : noCounts, `${row.id}: charged in full`)
    return
  }
  assert.equal(row.state, settled.as, `${row.id}: state of its settlement`)
  assert.deepEqual(row.charged, settled.counts, `${row.id}: charge of its settlement`)
  assert.deepEqual(row.charged, call.vendorCounts ?? noCounts, `${row.id}: charge as counted by the vendor`)
}

/** served ≤ ledger ≤ served + in flight at the crashes, in requests. */
function expectSums(
  world: World,
  { name, onExpiry }: PlannedProvider,
  { calls, booked }: { readonly calls: readonly Attempt[]; readonly booked: readonly BookedCall[] },
): void {
  if (onExpiry === 'release') return
  const sum = (counts: readonly Counts[]): number => counts.reduce(addCounts, noCounts).requestCount
  const served = sum(booked.map(call => call.vendorCounts ?? noCounts))
  const charged = sum(calls.map(row => row.charged))
  const inFlight = sum(booked.filter(call => call.settled === null).map(call => call.reserved))
  assert.ok(served <= charged, `${name}: ${served} calls served, ${charged} in the ledger`)
  assert.ok(
    charged <= served + inFlight,
    `${name}: ${charged} in the ledger, ${served} + ${inFlight} possible`,
  )
  const seen = world.vendors.quotasOf(name).filter(({ scope }) => scope === 'provider')
  for (const { quota } of seen) {
    const own = quota.calls.filter(call => call.id !== null).length
    assert.equal(
      own,
      booked.filter(call => call.vendorCounts !== null).length,
      `${name}: calls at the vendor`,
    )
  }
}
