import assert from 'node:assert/strict'
import { type Attempt, addCounts, type Counts, consumerKind, noCounts } from '@quotakeeper/quota-core'
import type { BookedCall } from './call-book.js'
import type { PlacedQuota } from './placed-quota.js'
import type { PlannedProvider } from './plan.js'
import type { World } from './world.js'

/**
 * Asserts at the end that the ledger holds what the vendors counted, plus only calls in flight at a crash: no call
 * without a row, no row without a grant, nothing pending; and the sums of each consumer with everything below it.
 */
export async function expectLedger(world: World): Promise<void> {
  const { plan, book, store } = world
  for (const provider of plan.providers) {
    const whole = { providerName: provider.name, requestId: null, cursor: null, pageSize: 10_000 }
    const { rows } = await store.read({ type: 'ledger', ...whole })
    const calls = rows.filter(row => row.kind === 'call')
    const booked = [...book.calls.values()].filter(call => call.providerName === provider.name)
    assert.equal(calls.length, booked.length, `${provider.name}: a row for each grant, and no other`)
    for (const row of calls) expectRow(world, row, provider)
    if (provider.onExpiry === 'release') continue
    expectSums(provider.name, { calls, booked })
    expectCounted(world.vendors.quotasOf(provider.name), provider.name, booked)
  }
  // A reset of a provider takes usage back, which its consumers keep.
  if (plan.kind === 'wild') return
  for (const { name } of plan.consumers) await expectSummary(world, name)
}

function expectRow({ book, consumers }: World, row: Attempt, { onExpiry }: PlannedProvider): void {
  const call = book.call(row.id)
  const { settled, reserved, caller } = call
  assert.deepEqual({ consumer: row.consumer, endUser: row.endUser }, caller, `${row.id}: its caller`)
  const counting = row.subjects.filter(({ kind }) => kind === consumerKind).map(({ name }) => name)
  const chain = consumers.chainOf(caller.consumer).map(({ name }) => name)
  assert.deepEqual(counting.sort(), chain.sort(), `${row.id}: the consumers that count it`)
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
  name: string,
  { calls, booked }: { readonly calls: readonly Attempt[]; readonly booked: readonly BookedCall[] },
): void {
  const sum = (counts: readonly Counts[]): number => counts.reduce(addCounts, noCounts).requestCount
  const served = sum(booked.map(call => call.vendorCounts ?? noCounts))
  const charged = sum(calls.map(row => row.charged))
  const inFlight = sum(booked.filter(call => call.settled === null).map(call => call.reserved))
  assert.ok(served <= charged, `${name}: ${served} calls served, ${charged} in the ledger`)
  assert.ok(
    charged <= served + inFlight,
    `${name}: ${charged} in the ledger, ${served} + ${inFlight} possible`,
  )
}

/** Each call that reached the vendor was counted by the quotas of its key. */
function expectCounted(places: readonly PlacedQuota[], name: string, booked: readonly BookedCall[]): void {
  for (const { scope, quota } of places) {
    if (scope !== 'provider') continue
    const own = quota.calls.filter(call => call.id !== null).length
    const served = booked.filter(call => call.vendorCounts !== null).length
    assert.equal(own, served, `${name}: calls at the vendor`)
  }
}

/** What is summed for a consumer and everything below it is what the book has of its calls. */
async function expectSummary({ book, consumers, store }: World, name: string): Promise<void> {
  const days = { from: '0001-01-01', to: '9999-12-31' } as const
  const page = { cursor: null, pageSize: 1_000 } as const
  const summary = { type: 'summary', providerName: null, groupBy: ['consumer'], under: name } as const
  const { rows } = await store.read({ ...summary, ...days, ...page })
  const expected = new Map<string, Counts>()
  for (const { caller, settled, reserved } of book.calls.values()) {
    const { consumer } = caller
    const charged = settled?.counts ?? reserved
    if (charged.requestCount === 0 || !consumers.chainOf(consumer).some(owner => owner.name === name))
      continue
    expected.set(consumer, addCounts(expected.get(consumer) ?? noCounts, charged))
  }
  assert.deepEqual(new Map(rows.map(({ consumer, ...sums }) => [consumer, sums])), expected, `${name}: sums`)
}
