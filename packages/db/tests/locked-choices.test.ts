import { randomUUID } from 'node:crypto'
import { holdSubject } from '@quotakeeper/test-kit'
import { test } from 'vitest'
import { many, manyADay, openWorld } from './locked-world.js'

test.concurrent('a choice whose best candidate is locked goes to another at once, and says why', async ({
  expect,
}) => {
  await using world = await openWorld({ held: null, a: null, b: null })
  const { tracker, reported } = world
  await tracker.upsertProvider({ name: 'held', priority: 1 })
  for (const name of ['a', 'b']) await tracker.upsertProvider({ name, priority: 2 })
  await using _holder = await holdSubject(world.url, { kind: 'provider', name: 'held' })
  const named = expect(tracker.reserve({ providerName: 'held' })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringMatching(
      /holds a lock that provider "held" waited for, \d+ s long.*docs\/operations/,
    ),
  })
  const candidates = ['held', 'a', 'b'].map(providerName => ({ providerName }))
  const choose = () => tracker.acquire({ candidates, strategy: 'priority' })
  // Some that meet the lock, some that come while nobody knows of it, and many that come after: each alone.
  const answers = await Promise.all(many(40).map(choose))
  for (let count = 0; count < 30; count++) answers.push(await choose())
  // One that had waited for the lock would have been refused, or would not call it busy.
  for (const { decision, skipped } of answers) {
    expect(decision).toBe('granted')
    const reason = { subject: { kind: 'provider', name: 'held' }, limitId: null, code: 'busy' }
    const retryAt = expect.stringMatching(/^20.*Z$/)
    expect(skipped).toContainEqual({ providerName: 'held', model: null, reasons: [{ ...reason, retryAt }] })
  }
  await named
  expect(reported.map(({ message }) => message)).toContainEqual(expect.stringContaining('provider "held"'))
  await world.expectNothingAmiss()
})

test.concurrent('members of a pool that is locked are left out of a choice, however many, and come back when it is let go', async ({
  expect,
}) => {
  const members = many(12).map(index => `m${index}`)
  await using world = await openWorld(
    { ...Object.fromEntries(members.map(name => [name, 'shared'])), other: null },
    2,
  )
  const candidates = [...members, 'other'].map(providerName => ({ providerName }))
  // More than are locked at once, and all of them before the other.
  await world.tracker.upsertProvider({ name: 'other', priority: 1_000 })
  // One that has cached the providers, and one that has not read their pool.
  await Promise.all(members.map(name => world.tracker.recordUsage(name)))
  await using holder = await holdSubject(world.url, { kind: 'pool', name: 'shared' })
  for (const { tracker } of [world, world.second]) {
    const answer = await tracker.acquire({ candidates, strategy: 'priority' })
    expect(answer).toMatchObject({ decision: 'granted', providerName: 'other' })
    const subject = { kind: 'pool', name: 'shared' }
    for (const { reasons } of answer.skipped) expect(reasons).toMatchObject([{ code: 'busy', subject }])
    expect(answer.skipped.map(({ providerName }) => providerName).sort()).toEqual([...members].sort())
  }
  await holder.release()
  const isBack = async () => {
    const answer = await world.tracker.acquire({ candidates: candidates.slice(0, 2) })
    return answer.decision === 'granted' && members.includes(answer.providerName)
  }
  await expect.poll(isBack).toBe(true)
  await world.expectNothingAmiss()
})

test.concurrent('a choice all of whose candidates are locked waits, and takes the first that is let go', async ({
  expect,
}) => {
  await using world = await openWorld({ one: null, two: null })
  const { tracker } = world
  await using one = await holdSubject(world.url, { kind: 'provider', name: 'one' })
  await using two = await holdSubject(world.url, { kind: 'provider', name: 'two' })
  const candidates = ['one', 'two'].map(providerName => ({ providerName }))
  const waits = tracker.acquire({ candidates, strategy: 'priority' })
  await expect.poll(() => one.countWaiting()).toBe(1)
  await two.release()
  expect(await waits).toMatchObject({ decision: 'granted', providerName: 'two' })
  // No session waits for a lock when all its callers have their answers.
  await one.release()
  const next = tracker.acquire({ candidates: candidates.slice(0, 1) })
  expect(await next).toMatchObject({ decision: 'granted', providerName: 'one' })
  await world.expectNothingAmiss()
})

test.concurrent('a choice all of whose candidates stay locked fails in its time and names them', async ({
  expect,
}) => {
  await using world = await openWorld({ one: 'shared', two: 'shared' })
  const { tracker, store } = world
  await using _holder = await holdSubject(world.url, { kind: 'pool', name: 'shared' })
  const candidates = ['one', 'two'].map(providerName => ({ providerName }))
  await expect(tracker.recordUsage('one')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  await expect(tracker.acquire({ candidates })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining('a lock that pool "shared" waited for'),
  })
  expect(await store.writeFault()).toBeNull()
})

test.concurrent('a choice that is repeated is answered for the provider that it was granted at, though that is locked', async ({
  expect,
}) => {
  await using world = await openWorld({ held: null, a: null })
  const { tracker } = world
  const id = randomUUID()
  const candidates = ['held', 'a'].map(providerName => ({ providerName }))
  const again = () => tracker.acquire({ id, candidates, strategy: 'round-robin' })
  const first = await again()
  const name = first.decision === 'granted' ? first.providerName : ''
  await using holder = await holdSubject(world.url, { kind: 'provider', name })
  const second = again()
  await expect.poll(() => holder.countWaiting()).toBe(1)
  await holder.release()
  expect(await second).toMatchObject({ decision: 'granted', providerName: name, reservationId: id })
  await world.expectNothingAmiss()
})

test.concurrent('limits hold to the unit, and all is spent, while candidates are locked and let go in turn', async ({
  expect,
}) => {
  const names = ['a', 'b', 'c', 'd']
  const max = 60
  await using world = await openWorld(
    Object.fromEntries(names.map((name, index) => [name, index < 2 ? 'p' : null])),
    2,
  )
  const { tracker } = world
  for (const name of names) await tracker.upsertProvider({ name, limits: [{ ...manyADay[0], max }] })
  const trackers = [tracker, world.second.tracker]
  const candidates = names.map(providerName => ({ providerName }))
  let granted = 0
  const subjects = [
    ...names.map(name => ({ kind: 'provider', name }) as const),
    { kind: 'pool', name: 'p' } as const,
  ]
  for (const [round, subject] of [...subjects, ...subjects].entries()) {
    await using _holder = await holdSubject(world.url, subject)
    const answers = await Promise.all(
      many(20).map(index => trackers[(index + round) % 2]?.acquire({ candidates })),
    )
    granted += answers.filter(answer => answer?.decision === 'granted').length
  }
  for (let count = granted; count < max * names.length; count++)
    expect((await tracker.acquire({ candidates })).decision).toBe('granted')
  expect((await world.second.tracker.acquire({ candidates })).decision).toBe('denied')
  for (const name of names)
    expect((await tracker.getUsageStats(name)).limits).toContainEqual(
      expect.objectContaining({ max, held: max, remaining: 0 }),
    )
  await world.expectNothingAmiss()
})
