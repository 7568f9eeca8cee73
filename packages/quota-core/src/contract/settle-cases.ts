import assert from 'node:assert/strict'
import { expireStep } from '../expiry/expire-step.js'
import { acquire, commit, limit, reserve, upsertProvider } from './asked.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

const characters = (count: number) => ({ counts: { characterCount: count } })

/** Committing, releasing, extending, expiring. */
export const settleCases: readonly StoreContractCase[] = [
  contractCase('a commit gives back what was held and counts what was used', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, characters(500)))
    const { stats } = await scene.answer(
      commit(id, { ...characters(300), estimated: true, outcome: 'failed' }),
    )
    assert.equal(stats.characterCount, 300)
    assert.equal(stats.limits[0]?.used, 300)
    await scene.expectLimit(name, 'characters/day', { used: 300 })
    const row = await scene.attempt(name, id)
    assert.deepEqual([row.state, row.estimated, row.outcome], ['committed', true, 'failed'])
    const [day] = await scene.days(name)
    assert.deepEqual([day?.requestCount, day?.characterCount, day?.date], [1, 300, stats.date])
  }),

  contractCase(
    'a commit may exceed its reservation and the limit, after which nothing is granted',
    async scene => {
      const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
      const id = scene.id()
      await scene.answer(reserve(id, name, characters(50)))
      const { stats } = await scene.answer(commit(id, characters(130)))
      assert.deepEqual(
        [stats.limits[0]?.used, stats.limits[0]?.remaining, stats.status],
        [130, 0, 'disabled'],
      )
      const nothing = { counts: { requestCount: 0 } }
      assert.equal((await scene.answer(reserve(scene.id(), name, nothing))).decision, 'denied')
    },
  ),

  contractCase('a commit counts once: again the same, otherwise an error', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, characters(500)))
    const first = await scene.answer(commit(id, characters(300)))
    const again = await scene.answer(commit(id, characters(300)))
    assert.deepEqual(again, first)
    await scene.refusal(commit(id, characters(301)), 'ALREADY_SETTLED')
    await scene.refusal(commit(id, { ...characters(300), estimated: true }), 'ALREADY_SETTLED')
    await scene.expectLimit(name, 'characters/day', { used: 300 })
  }),

  contractCase(
    'a call that is settled after its key has joined a pool counts where it was reserved',
    async scene => {
      const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
      const id = scene.id()
      await scene.answer(reserve(id, name, characters(500)))
      await scene.answer({ type: 'release', reservationId: id })
      const pool = await scene.pool('p', { limits: [limit({ max: 10 })] })
      await scene.answer(upsertProvider(name, { pool }))
      const first = await scene.answer(commit(id, characters(300)))
      assert.equal(first.stats.characterCount, 300)
      assert.deepEqual(await scene.answer(commit(id, characters(300))), first)
      await scene.expectLimit(name, 'characters/day', { used: 300 })
      await scene.expectLimit(name, 'requests/day', { used: 0 })
    },
  ),

  contractCase('a release gives everything back, once', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 1 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name))
    const release = { type: 'release', reservationId: id } as const
    const first = await scene.answer(release)
    assert.deepEqual(await scene.answer(release), first)
    assert.equal(first.stats.available, true)
    await scene.expectLimit(name, 'requests/day', { used: 0 })
    assert.equal((await scene.attempt(name, id)).state, 'released')
    assert.deepEqual(await scene.days(name), [])
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'granted')
  }),

  contractCase('a released call that went out after all is counted by its commit', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, characters(500)))
    await scene.answer({ type: 'release', reservationId: id })
    await scene.answer(commit(id, characters(20)))
    await scene.expectLimit(name, 'characters/day', { used: 20 })
    assert.equal((await scene.attempt(name, id)).state, 'committed')
  }),

  contractCase('what is committed can be neither released nor extended', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name))
    await scene.answer(commit(id))
    await scene.refusal({ type: 'release', reservationId: id }, 'ALREADY_SETTLED')
    await scene.refusal({ type: 'extend', reservationId: id, ttlMs: 1_000 }, 'ALREADY_SETTLED')
    await scene.refusal(reserve(id, name), 'ID_REUSED')
    await scene.expectLimit(name, 'requests/day', { used: 1 })
  }),

  contractCase('a reservation that does not exist is an error that names the field', async scene => {
    const reservationId = scene.id()
    for (const command of [
      commit(reservationId),
      { type: 'release', reservationId },
      { type: 'extend', reservationId, ttlMs: 1_000 },
    ] as const) {
      assert.equal((await scene.refusal(command, 'UNKNOWN_RESERVATION')).field, 'reservationId')
    }
  }),

  contractCase('an extension keeps a reservation for longer, never shorter', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const id = scene.id()
    const granted = await scene.answer(reserve(id, name, { ttlMs: 600_000 }))
    assert.ok(granted.decision === 'granted')
    const shorter = await scene.answer({ type: 'extend', reservationId: id, ttlMs: 1_000 })
    assert.equal(shorter.expiresAt, granted.expiresAt)
    const longer = await scene.answer({ type: 'extend', reservationId: id, ttlMs: 3_600_000 })
    assert.ok(longer.expiresAt > granted.expiresAt)
    assert.equal((await scene.attempt(name, id)).expiresAtMs, Date.parse(longer.expiresAt))
    await scene.expectLimit(name, 'requests/day', { used: 0, held: 1 })
  }),

  contractCase('what nobody settles in time is charged in full, once', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, { ...characters(500), ttlMs: 0 }))
    // Held for everybody until a step of expiry has come to it.
    await scene.expectLimit(name, 'characters/day', { used: 0, held: 500 })
    for (let times = 0; times < 2; times++) {
      await scene.expire(name)
      await scene.expectLimit(name, 'characters/day', { used: 500 })
    }
    assert.equal((await scene.stats(name)).characterCount, 500)
    const other = scene.id()
    await scene.answer(reserve(other, name, characters(500)))
    await scene.expectLimit(name, 'characters/day', { used: 500, held: 500 })
    const row = await scene.attempt(name, id)
    assert.deepEqual([row.state, row.estimated, row.charged.characterCount], ['expired', true, 500])
    assert.equal((await scene.days(name))[0]?.characterCount, 500)
  }),

  contractCase('a late commit replaces the charge of an expiry', async scene => {
    const limits = [limit({ metric: 'characters', max: 1_000 }), limit({ window: 'rolling-1d', max: 100 })]
    const name = await scene.provider('a', { limits })
    const id = scene.id()
    await scene.answer(reserve(id, name, { ...characters(1_000), ttlMs: 0 }))
    await scene.expire(name)
    await scene.answer(commit(id, characters(300)))
    await scene.expectLimit(name, 'characters/day', { used: 300 })
    await scene.expectLimit(name, 'requests/rolling-1d', { used: 1 })
    await scene.answer(commit(id, characters(300)))
    await scene.expectLimit(name, 'characters/day', { used: 300 })
    assert.equal((await scene.days(name))[0]?.characterCount, 300)
  }),

  contractCase('a commit that comes before the expiry of what is due leaves it nothing', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, { ...characters(500), ttlMs: 0 }))
    const subjects = [{ kind: 'provider', name }] as const
    const attempts = await scene.store.read({ type: 'due', subjects, pageSize: 250 })
    assert.deepEqual(
      attempts.map(attempt => attempt.id),
      [id],
    )
    await scene.answer(commit(id, characters(300)))
    // A process that has seen it due before may still try.
    assert.deepEqual(await scene.answer({ type: 'expire', attempts }), { expired: 0 })
    await scene.expectLimit(name, 'characters/day', { used: 300 })
    assert.equal((await scene.attempt(name, id)).state, 'committed')
  }),

  contractCase('what is due can be extended until it has expired', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, { ttlMs: 0 }))
    await scene.answer({ type: 'extend', reservationId: id, ttlMs: 600_000 })
    await scene.expire(name)
    await scene.expectLimit(name, 'requests/day', { used: 0, held: 1 })
  }),

  contractCase('a reservation that is due is not granted again', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, { ttlMs: 0 }))
    await scene.refusal(reserve(id, name, { ttlMs: 0 }), 'ID_REUSED')
  }),

  contractCase('a step expires the oldest, a bounded number, and nothing that is not due', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 1_000 })] })
    const ids = Array.from({ length: 251 }, () => scene.id())
    // Each is a batch of its own: they are due one after the other.
    for (const id of ids.slice(0, 2)) await scene.answer(reserve(id, name, { ttlMs: 0 }))
    await scene.execute(ids.slice(2).map(id => reserve(id, name, { ttlMs: 0 })))
    const later = scene.id()
    await scene.answer(reserve(later, name))
    const subjects = [{ kind: 'provider', name }] as const
    assert.deepEqual(await expireStep(scene.store, subjects), { expired: 250, isFull: true })
    assert.equal((await scene.attempt(name, ids[0] ?? '')).state, 'expired')
    await scene.expectLimit(name, 'requests/day', { used: 250, held: 2 })
    assert.deepEqual(await expireStep(scene.store, subjects), { expired: 1, isFull: false })
    await scene.expectLimit(name, 'requests/day', { used: 251, held: 1 })
    assert.equal((await scene.attempt(name, later)).state, 'pending')
  }),

  contractCase('a call that due attempts deny is decided once more when some have expired', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 300 })] })
    const ids = Array.from({ length: 300 }, () => scene.id())
    await scene.execute(ids.map(id => reserve(id, name, { ttlMs: 0 })))
    // Charged, they leave no room; and while some are held, it is worth asking soon.
    const denied = await scene.answer(reserve(scene.id(), name))
    assert.ok(denied.decision === 'denied')
    await scene.expectLimit(name, 'requests/day', { used: 250, held: 50 })
    assert.ok(Date.parse(denied.retryAt ?? '') - (await scene.nowMs()) <= 1_000)
    const acquired = await scene.answer(acquire(scene.id(), [{ providerName: name, model: '' }]))
    assert.ok(acquired.decision === 'denied')
    await scene.expectLimit(name, 'requests/day', { used: 300 })
    assert.ok(Date.parse(acquired.retryAt ?? '') - (await scene.nowMs()) > 1_000, 'nothing is due any more')
  }),

  contractCase('what a step of expiry gives back serves the call that has waited for it', async scene => {
    const pool = await scene.pool('p', { limits: [limit({ max: 2 })] })
    const name = await scene.provider('a', { pool, onExpiry: 'release', limits: [limit({ max: 2 })] })
    const other = await scene.provider('b', { pool })
    for (let times = 0; times < 2; times++) await scene.answer(reserve(scene.id(), name, { ttlMs: 0 }))
    const answers = await Promise.all(
      [name, other, name].map(asked => scene.answer(reserve(scene.id(), asked))),
    )
    const granted = answers.filter(answer => answer.decision === 'granted')
    assert.equal(granted.length, 2)
  }),

  contractCase('a late release takes the charge of an expiry back', async scene => {
    const name = await scene.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, { ...characters(500), ttlMs: 0 }))
    await scene.expire(name)
    await scene.expectLimit(name, 'characters/day', { used: 500 })
    await scene.answer({ type: 'release', reservationId: id })
    await scene.expectLimit(name, 'characters/day', { used: 0 })
    assert.equal((await scene.stats(name)).characterCount, 0)
  }),

  contractCase('an expired reservation can not be extended', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, { ttlMs: 0 }))
    await scene.expire(name)
    await scene.refusal({ type: 'extend', reservationId: id, ttlMs: 1_000 }, 'ALREADY_SETTLED')
    await scene.expectLimit(name, 'requests/day', { used: 1 })
  }),

  contractCase('a provider may say that expiry gives everything back', async scene => {
    const name = await scene.provider('a', { onExpiry: 'release', limits: [limit({ max: 1 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name, { ttlMs: 0 }))
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'granted')
    await scene.expectLimit(name, 'requests/day', { used: 0, held: 1 })
    const row = await scene.attempt(name, id)
    assert.deepEqual([row.state, row.charged.requestCount], ['expired', 0])
  }),

  contractCase(
    'a due reservation of one provider gives its share of the pool back to another',
    async scene => {
      const pool = await scene.pool('p', { limits: [limit({ max: 1 })] })
      const first = await scene.provider('a', { pool, onExpiry: 'release' })
      const second = await scene.provider('b', { pool })
      await scene.answer(reserve(scene.id(), first, { ttlMs: 0 }))
      assert.equal((await scene.answer(reserve(scene.id(), second))).decision, 'granted')
      await scene.expectLimit(first, 'requests/day', { used: 0, held: 1 })
    },
  ),
]
