import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { type Command, expireStep, type Outcome } from '@quotakeeper/quota-core'
import { holdSubject, holdTable, isThorough } from '@quotakeeper/test-kit'
import { test } from 'vitest'
import { many, manyADay, openWorld } from './locked-world.js'
import { readValue } from './read-value.js'

test.concurrent('while another session has locked one provider, calls of all others are answered, and only its own fail', async ({
  expect,
}) => {
  await using world = await openWorld({ held: null, a: null, b: null, c: null })
  const { tracker, store, reported } = world
  await using holder = await holdSubject(world.url, { kind: 'provider', name: 'held' })
  let isPending = true
  // Before and behind the held ones, in the same batch.
  const together = many(20).map(() => tracker.reserve({ providerName: 'a' }))
  const held = Promise.allSettled(many(20).map(() => tracker.reserve({ providerName: 'held' }))).finally(
    () => {
      isPending = false
    },
  )
  const behind = many(20).map(() => tracker.recordUsage('b'))
  for (const answer of await Promise.all(together)) expect(answer.decision).toBe('granted')
  await Promise.all(behind)
  do {
    const answers = await Promise.all(['a', 'b', 'c'].map(providerName => tracker.reserve({ providerName })))
    for (const answer of answers) expect(answer.decision).toBe('granted')
    expect(await store.writeFault()).toBeNull()
    // Calls keep coming, but leave a core to the other tests.
    await setTimeout(50)
  } while (isPending)
  for (const answer of await held)
    expect(answer).toMatchObject({
      status: 'rejected',
      reason: { code: 'STORE_UNAVAILABLE', isRetryable: true },
    })
  expect(reported.length).toBeGreaterThan(0)
  // Again, since it is known by now.
  const again = expect(tracker.recordUsage('held')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  await tracker.recordUsage('a')
  await again
  expect(await store.writeFault()).toBeNull()
  await holder.release()
  expect((await tracker.reserve({ providerName: 'held' })).decision).toBe('granted')
  expect((await tracker.getUsageStats('held')).limits[0]).toMatchObject({ held: 1, used: 0 })
  await world.expectNothingAmiss()
})

test.concurrent('commands of a provider that is locked are carried out in their order when it is let go, as if nothing had been', async ({
  expect,
}) => {
  await using world = await openWorld({ held: null, a: null })
  const { tracker } = world
  await using holder = await holdSubject(world.url, { kind: 'provider', name: 'held' })
  const ended: number[] = []
  const inOrder = many(30).map(async index => {
    if (index === 10) await tracker.upsertProvider({ name: 'held', limits: [{ ...manyADay[0], max: 20 }] })
    else if (index % 3 === 0) await tracker.recordUsage('held')
    else {
      const { decision } = await tracker.reserve({ providerName: 'held' })
      expect(decision).toBe(index < 21 ? 'granted' : 'denied')
    }
    ended.push(index)
  })
  const others = many(10).map(() => tracker.recordUsage('a'))
  await Promise.all(others)
  await expect.poll(() => holder.countWaiting()).toBe(1)
  expect(ended).toEqual([])
  await holder.release()
  await Promise.all(inOrder)
  // A change of settings reads the provider afterwards: its order shows in the decisions.
  expect(ended.filter(index => index !== 10)).toEqual(many(30).filter(index => index !== 10))
  await world.expectNothingAmiss()
})

test.concurrent('members of a pool that is locked wait together; others do not', async ({ expect }) => {
  await using world = await openWorld({ one: 'shared', two: 'shared', other: 'else', alone: null })
  const { tracker } = world
  await using holder = await holdSubject(world.url, { kind: 'pool', name: 'shared' })
  const ended: string[] = []
  const members = ['one', 'two', 'one', 'two'].map(async name => {
    await tracker.recordUsage(name)
    ended.push(name)
  })
  await Promise.all(['other', 'alone', 'other'].map(name => tracker.recordUsage(name)))
  await expect.poll(() => holder.countWaiting()).toBe(1)
  await Promise.all(['other', 'alone'].map(name => tracker.recordUsage(name)))
  expect(ended).toEqual([])
  await holder.release()
  await Promise.all(members)
  expect(ended).toEqual(['one', 'two', 'one', 'two'])
  await world.expectNothingAmiss()
})

test.concurrent('a provider that another process has moved to a pool which is locked waits with that pool, and corrupts nothing', async ({
  expect,
}) => {
  await using world = await openWorld({ moved: 'before', member: 'after', rest: 'before', other: null }, 2)
  const { tracker, second } = world
  await Promise.all(['moved', 'member', 'rest'].map(name => tracker.recordUsage(name)))
  await second.tracker.upsertProvider({ name: 'moved', pool: 'after' })
  await using holder = await holdSubject(world.url, { kind: 'pool', name: 'after' })
  const ended: string[] = []
  const note = async (name: string): Promise<void> => {
    await tracker.recordUsage(name)
    ended.push(name)
  }
  const member = note('member')
  await expect.poll(() => holder.countWaiting()).toBe(1)
  const moved = note('moved')
  await Promise.all(['rest', 'other'].map(note))
  await holder.release()
  await Promise.all([member, moved])
  expect(ended.slice(0, 2).sort()).toEqual(['other', 'rest'])
  expect(ended.slice(2)).toEqual(['member', 'moved'])
  expect(await second.tracker.getUsageStats('moved')).toMatchObject({ requestCount: 2 })
  await Promise.all(many(20).map(index => note(['moved', 'member', 'rest', 'other'][index % 4] ?? '')))
  await world.expectNothingAmiss()
})

test.concurrent('a settlement of a reservation that another process made waits for its provider, and counts once', async ({
  expect,
}) => {
  await using world = await openWorld({ held: 'shared', a: null }, 2)
  const { tracker, second } = world
  await tracker.recordUsage('held')
  const made = await second.tracker.reserve({ providerName: 'held' })
  const reservationId = made.decision === 'granted' ? made.reservationId : ''
  await using holder = await holdSubject(world.url, { kind: 'pool', name: 'shared' })
  const before = tracker.recordUsage('held')
  await expect.poll(() => holder.countWaiting()).toBe(1)
  const settled = [1, 2, 3].map(() => tracker.commit({ reservationId, requestCount: 2 }))
  await tracker.recordUsage('a')
  await holder.release()
  await before
  for (const stats of await Promise.all(settled)) expect(stats.limits[0]).toMatchObject({ used: 4, held: 0 })
  await world.expectNothingAmiss()
})

test.concurrent('one id that is asked for at several providers at once is one call', async ({ expect }) => {
  await using world = await openWorld({ a: null, b: null, c: null })
  const { tracker, store } = world
  for (const id of many(30).map(() => randomUUID())) {
    const answers = await Promise.allSettled(
      ['a', 'b', 'c'].map(providerName => tracker.reserve({ providerName, id })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
  }
  const page = { providerName: null, requestId: null, cursor: null, pageSize: 100 }
  expect((await store.read({ type: 'ledger', ...page })).rows).toHaveLength(30)
  await world.expectNothingAmiss()
})

test.concurrent('commands of one list are carried out in its order, though nobody knows yet that they hang together', async ({
  expect,
}) => {
  await using world = await openWorld({ a: 'shared', b: null }, 2)
  const by = { actor: 'admin', managedBy: 'api' } as const
  const commands: readonly Command[] = [
    { type: 'removeSubject', kind: 'provider', name: 'a', ...by },
    { type: 'removeSubject', kind: 'pool', name: 'shared', ...by },
  ]
  const outcomes: readonly Outcome[] = await world.second.store.execute(commands)
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true])
})

test.concurrent('a step of expiry that meets a provider which is locked expires the others', async ({
  expect,
}) => {
  await using world = await openWorld({ held: null, a: null, b: 'shared', c: 'shared' })
  const { tracker, store, database } = world
  for (const providerName of ['held', 'a', 'b', 'c', 'held', 'a'])
    await tracker.reserve({ providerName, ttlSeconds: 1 })
  const due =
    "select count(*)::int from usage_attempt where state = 'pending' and expires_at <= clock_timestamp()"
  await expect.poll(() => readValue(database, due)).toBe(6)
  await using holder = await holdSubject(world.url, { kind: 'provider', name: 'held' })
  const step = expireStep(store, null)
  await expect.poll(() => readValue(database, due)).toBe(2)
  await Promise.all(['a', 'b', 'c'].map(name => tracker.recordUsage(name)))
  await holder.release()
  expect(await step).toEqual({ expired: 6, isFull: false })
  await world.expectNothingAmiss()
})

test.concurrent('callers of a provider that is locked fill their part of the queue, not that of others', async ({
  expect,
}) => {
  await using world = await openWorld({ held: null, a: null })
  const { tracker } = world
  await tracker.recordUsage('held')
  await using holder = await holdSubject(world.url, { kind: 'provider', name: 'held' })
  const first = tracker.recordUsage('held')
  await expect.poll(() => holder.countWaiting()).toBe(1)
  const rest = many(10_010).map(() => tracker.recordUsage('held'))
  const refused = 'commands are waiting for provider "held" already; try again shortly'
  const answers = Promise.allSettled(rest)
  await expect(Promise.race(rest.slice(10_000))).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining(refused),
  })
  await tracker.recordUsage('a')
  await holder.release()
  const [ofFirst] = await Promise.allSettled([first])
  const settled = await answers
  const isRefused = (answer: PromiseSettledResult<unknown>): boolean =>
    answer.status === 'rejected' && String(answer.reason).includes(refused)
  expect(settled.map(isRefused)).toEqual([...many(10_000).map(() => false), ...many(10).map(() => true)])
  // On a slow machine some have waited for the lock longer than a call may; all others are counted.
  const counted = [ofFirst, ...settled].filter(({ status }) => status === 'fulfilled').length
  expect(counted).toBeGreaterThan(0)
  expect((await tracker.getUsageStats('held')).requestCount).toBe(1 + counted)
  await world.expectNothingAmiss()
})

test.concurrent('where a lock keeps every provider waiting, all callers fail in time, and the store works afterwards', async ({
  expect,
}) => {
  const names = many(40).map(index => `n${index}`)
  await using world = await openWorld(Object.fromEntries(names.map(name => [name, null])))
  const { tracker, store } = world
  const record = () => Promise.allSettled(names.map(name => tracker.recordUsage(name)))
  await record()
  await using holder = await holdTable(world.url, 'quota_counter')
  for (const answer of await record())
    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'STORE_UNAVAILABLE' } })
  await holder.release()
  expect(await store.writeFault()).toBeNull()
  expect((await record()).map(({ status }) => status)).toEqual(names.map(() => 'fulfilled'))
  for (const name of names) expect((await tracker.getUsageStats(name)).requestCount).toBe(2)
  await world.expectNothingAmiss()
})

test.concurrent('limits hold to the unit while two processes run batches of overlapping pools at once, and settings change', async ({
  expect,
}) => {
  const pools = ['p', 'q', 'r']
  const names = many(9).map(index => `n${index}`)
  const max = 60
  const rounds = isThorough ? 25 : 12
  await using world = await openWorld(
    Object.fromEntries(names.map((name, index) => [name, pools[index % 4] ?? null])),
    2,
  )
  const { tracker } = world
  const trackers = [tracker, world.second.tracker]
  for (const name of pools) await tracker.upsertPool({ name, limits: [{ ...manyADay[0], max }] })
  let seed = 7
  const below = (count: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * count)
  }
  const nameAt = (index: number): string => names[index] ?? ''
  const call = async (which: number): Promise<void> => {
    const here = trackers[which % 2] ?? tracker
    const there = trackers[below(2)] ?? tracker
    const candidates = many(1 + below(3)).map(() => ({ providerName: nameAt(below(names.length)) }))
    const answer = await here.acquire({ candidates })
    if (answer.decision !== 'granted') return
    if (below(3) === 0) await there.release(answer.reservationId)
    else await there.commit({ reservationId: answer.reservationId })
  }
  const callers = many(24).map(async which => {
    for (let round = 0; round < rounds; round++) {
      if (which === 0 && round % 10 === 5)
        await tracker.upsertProvider({ name: nameAt(round % 9), priority: round })
      await call(which)
    }
  })
  await Promise.all(callers)
  for (const { store } of [world, world.second]) {
    const { state } = await store.read({ type: 'snapshot', providerNames: null, counters: 'all' })
    for (const name of pools)
      for (const counter of state.counters({ kind: 'pool', name })) {
        expect(counter.held).toBe(0)
        expect(counter.used).toBeLessThanOrEqual(max)
      }
  }
  await world.expectNothingAmiss()
})
