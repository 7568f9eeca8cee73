import assert from 'node:assert/strict'
import { expireStep } from '../expiry/expire-step.js'
import { acquire, commit, limit, reserve, upsertProvider } from './commands.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

const characters = (count: number) => ({ counts: { characterCount: count } })

/** Commits, releases, extensions and expiries. */
export const settleCases: readonly StoreContractCase[] = [
  contractCase('a commit releases the hold and counts the usage', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, characters(500)))
    const { stats } = await fixture.answer(
      commit(id, { ...characters(300), estimated: true, outcome: 'failed' }),
    )
    assert.equal(stats.characterCount, 300)
    assert.equal(stats.limits[0]?.used, 300)
    await fixture.expectLimit(name, 'characters/day', { used: 300 })
    const row = await fixture.attempt(name, id)
    assert.deepEqual([row.state, row.estimated, row.outcome], ['committed', true, 'failed'])
    const [day] = await fixture.days(name)
    assert.deepEqual([day?.requestCount, day?.characterCount, day?.date], [1, 300, stats.date])
  }),

  contractCase(
    'a commit may exceed its reservation and the limit; then nothing more is granted',
    async fixture => {
      const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 100 })] })
      const id = fixture.id()
      await fixture.answer(reserve(id, name, characters(50)))
      const { stats } = await fixture.answer(commit(id, characters(130)))
      assert.deepEqual(
        [stats.limits[0]?.used, stats.limits[0]?.remaining, stats.status],
        [130, 0, 'disabled'],
      )
      const nothing = { counts: { requestCount: 0 } }
      assert.equal((await fixture.answer(reserve(fixture.id(), name, nothing))).decision, 'denied')
    },
  ),

  contractCase(
    'a commit counts once: a repetition gets the same answer, other counts an error',
    async fixture => {
      const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
      const id = fixture.id()
      await fixture.answer(reserve(id, name, characters(500)))
      const first = await fixture.answer(commit(id, characters(300)))
      const again = await fixture.answer(commit(id, characters(300)))
      assert.deepEqual(again, first)
      await fixture.refusal(commit(id, characters(301)), 'ALREADY_SETTLED')
      await fixture.refusal(commit(id, { ...characters(300), estimated: true }), 'ALREADY_SETTLED')
      await fixture.expectLimit(name, 'characters/day', { used: 300 })
    },
  ),

  contractCase(
    'a call settled after its provider joined a pool counts for the subjects of its reservation',
    async fixture => {
      const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
      const id = fixture.id()
      await fixture.answer(reserve(id, name, characters(500)))
      await fixture.answer({ type: 'release', reservationId: id })
      const pool = await fixture.pool('p', { limits: [limit({ max: 10 })] })
      await fixture.answer(upsertProvider(name, { pool }))
      const first = await fixture.answer(commit(id, characters(300)))
      assert.equal(first.stats.characterCount, 300)
      assert.deepEqual(await fixture.answer(commit(id, characters(300))), first)
      await fixture.expectLimit(name, 'characters/day', { used: 300 })
      await fixture.expectLimit(name, 'requests/day', { used: 0 })
    },
  ),

  contractCase('a release frees the whole hold, once', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 1 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name))
    const release = { type: 'release', reservationId: id } as const
    const first = await fixture.answer(release)
    assert.deepEqual(await fixture.answer(release), first)
    assert.equal(first.stats.available, true)
    await fixture.expectLimit(name, 'requests/day', { used: 0 })
    assert.equal((await fixture.attempt(name, id)).state, 'released')
    assert.deepEqual(await fixture.days(name), [])
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
  }),

  contractCase('a commit after a release counts the call', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, characters(500)))
    await fixture.answer({ type: 'release', reservationId: id })
    await fixture.answer(commit(id, characters(20)))
    await fixture.expectLimit(name, 'characters/day', { used: 20 })
    assert.equal((await fixture.attempt(name, id)).state, 'committed')
  }),

  contractCase('a committed call can be neither released nor extended', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name))
    await fixture.answer(commit(id))
    await fixture.refusal({ type: 'release', reservationId: id }, 'ALREADY_SETTLED')
    await fixture.refusal({ type: 'extend', reservationId: id, ttlMs: 1_000 }, 'ALREADY_SETTLED')
    await fixture.refusal(reserve(id, name), 'ID_REUSED')
    await fixture.expectLimit(name, 'requests/day', { used: 1 })
  }),

  contractCase('a reservation that does not exist is an error that names the field', async fixture => {
    const reservationId = fixture.id()
    for (const command of [
      commit(reservationId),
      { type: 'release', reservationId },
      { type: 'extend', reservationId, ttlMs: 1_000 },
    ] as const) {
      assert.equal((await fixture.refusal(command, 'UNKNOWN_RESERVATION')).field, 'reservationId')
    }
  }),

  contractCase('an extension lengthens a reservation and never shortens it', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const id = fixture.id()
    const granted = await fixture.answer(reserve(id, name, { ttlMs: 600_000 }))
    assert.ok(granted.decision === 'granted')
    const shorter = await fixture.answer({ type: 'extend', reservationId: id, ttlMs: 1_000 })
    assert.equal(shorter.expiresAt, granted.expiresAt)
    const longer = await fixture.answer({ type: 'extend', reservationId: id, ttlMs: 3_600_000 })
    assert.ok(longer.expiresAt > granted.expiresAt)
    assert.equal((await fixture.attempt(name, id)).expiresAtMs, Date.parse(longer.expiresAt))
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 1 })
  }),

  contractCase('an attempt that is not settled in time is charged in full, once', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { ...characters(500), ttlMs: 0 }))
    // Held until an expiry step expires it.
    await fixture.expectLimit(name, 'characters/day', { used: 0, held: 500 })
    for (let times = 0; times < 2; times++) {
      await fixture.expire(name)
      await fixture.expectLimit(name, 'characters/day', { used: 500 })
    }
    assert.equal((await fixture.stats(name)).characterCount, 500)
    const other = fixture.id()
    await fixture.answer(reserve(other, name, characters(500)))
    await fixture.expectLimit(name, 'characters/day', { used: 500, held: 500 })
    const row = await fixture.attempt(name, id)
    assert.deepEqual([row.state, row.estimated, row.charged.characterCount], ['expired', true, 500])
    assert.equal((await fixture.days(name))[0]?.characterCount, 500)
  }),

  contractCase('a late commit replaces the charge at expiry', async fixture => {
    const limits = [limit({ metric: 'characters', max: 1_000 }), limit({ window: 'rolling-1d', max: 100 })]
    const name = await fixture.provider('a', { limits })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { ...characters(1_000), ttlMs: 0 }))
    await fixture.expire(name)
    await fixture.answer(commit(id, characters(300)))
    await fixture.expectLimit(name, 'characters/day', { used: 300 })
    await fixture.expectLimit(name, 'requests/rolling-1d', { used: 1 })
    await fixture.answer(commit(id, characters(300)))
    await fixture.expectLimit(name, 'characters/day', { used: 300 })
    assert.equal((await fixture.days(name))[0]?.characterCount, 300)
  }),

  contractCase('a commit of a due attempt before its expiry leaves nothing to expire', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { ...characters(500), ttlMs: 0 }))
    const subjects = [{ kind: 'provider', name }] as const
    const attempts = await fixture.store.read({ type: 'due', subjects, pageSize: 250 })
    assert.deepEqual(
      attempts.map(attempt => attempt.id),
      [id],
    )
    await fixture.answer(commit(id, characters(300)))
    // A process that read it as due before may still try.
    assert.deepEqual(await fixture.answer({ type: 'expire', attempts }), { expired: 0 })
    await fixture.expectLimit(name, 'characters/day', { used: 300 })
    assert.equal((await fixture.attempt(name, id)).state, 'committed')
  }),

  contractCase('a due attempt can be extended until it has expired', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { ttlMs: 0 }))
    await fixture.answer({ type: 'extend', reservationId: id, ttlMs: 600_000 })
    await fixture.expire(name)
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 1 })
  }),

  contractCase('a reservation that is due is not granted again', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { ttlMs: 0 }))
    await fixture.refusal(reserve(id, name, { ttlMs: 0 }), 'ID_REUSED')
  }),

  contractCase('a step expires a bounded number of the oldest due attempts, and no others', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 1_000 })] })
    const ids = Array.from({ length: 101 }, () => fixture.id())
    // Separate batches, so that they are due one after the other.
    for (const id of ids.slice(0, 2)) await fixture.answer(reserve(id, name, { ttlMs: 0 }))
    await fixture.execute(ids.slice(2).map(id => reserve(id, name, { ttlMs: 0 })))
    const later = fixture.id()
    await fixture.answer(reserve(later, name))
    const subjects = [{ kind: 'provider', name }] as const
    assert.deepEqual(await expireStep(fixture.store, subjects), { expired: 100, isFull: true })
    assert.equal((await fixture.attempt(name, ids[0] ?? '')).state, 'expired')
    await fixture.expectLimit(name, 'requests/day', { used: 100, held: 2 })
    assert.deepEqual(await expireStep(fixture.store, subjects), { expired: 1, isFull: false })
    await fixture.expectLimit(name, 'requests/day', { used: 101, held: 1 })
    assert.equal((await fixture.attempt(name, later)).state, 'pending')
  }),

  contractCase('a call denied by due attempts is decided again after some have expired', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 150 })] })
    const ids = Array.from({ length: 150 }, () => fixture.id())
    await fixture.execute(ids.map(id => reserve(id, name, { ttlMs: 0 })))
    // Charged attempts leave no room; while some are held, an early retry may succeed.
    const denied = await fixture.answer(reserve(fixture.id(), name))
    assert.ok(denied.decision === 'denied')
    await fixture.expectLimit(name, 'requests/day', { used: 100, held: 50 })
    assert.ok(Date.parse(denied.retryAt ?? '') - (await fixture.nowMs()) <= 1_000)
    const acquired = await fixture.answer(acquire(fixture.id(), [{ providerName: name, model: '' }]))
    assert.ok(acquired.decision === 'denied')
    await fixture.expectLimit(name, 'requests/day', { used: 150 })
    assert.ok(Date.parse(acquired.retryAt ?? '') - (await fixture.nowMs()) > 1_000, 'nothing is due any more')
  }),

  contractCase('units freed by an expiry step serve the call that waited for it', async fixture => {
    const pool = await fixture.pool('p', { limits: [limit({ max: 2 })] })
    const name = await fixture.provider('a', { pool, onExpiry: 'release', limits: [limit({ max: 2 })] })
    const other = await fixture.provider('b', { pool })
    for (let times = 0; times < 2; times++) await fixture.answer(reserve(fixture.id(), name, { ttlMs: 0 }))
    const answers = await Promise.all(
      [name, other, name].map(asked => fixture.answer(reserve(fixture.id(), asked))),
    )
    const granted = answers.filter(answer => answer.decision === 'granted')
    assert.equal(granted.length, 2)
  }),

  contractCase('a late release takes the charge at expiry back', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ metric: 'characters', max: 1_000 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { ...characters(500), ttlMs: 0 }))
    await fixture.expire(name)
    await fixture.expectLimit(name, 'characters/day', { used: 500 })
    await fixture.answer({ type: 'release', reservationId: id })
    await fixture.expectLimit(name, 'characters/day', { used: 0 })
    assert.equal((await fixture.stats(name)).characterCount, 0)
  }),

  contractCase('an expired reservation cannot be extended', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { ttlMs: 0 }))
    await fixture.expire(name)
    await fixture.refusal({ type: 'extend', reservationId: id, ttlMs: 1_000 }, 'ALREADY_SETTLED')
    await fixture.expectLimit(name, 'requests/day', { used: 1 })
  }),

  contractCase('with onExpiry release, an expiry frees the whole hold', async fixture => {
    const name = await fixture.provider('a', { onExpiry: 'release', limits: [limit({ max: 1 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name, { ttlMs: 0 }))
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 1 })
    const row = await fixture.attempt(name, id)
    assert.deepEqual([row.state, row.charged.requestCount], ['expired', 0])
  }),

  contractCase(
    'the expiry of one provider’s reservation frees its share of the pool for another',
    async fixture => {
      const pool = await fixture.pool('p', { limits: [limit({ max: 1 })] })
      const first = await fixture.provider('a', { pool, onExpiry: 'release' })
      const second = await fixture.provider('b', { pool })
      await fixture.answer(reserve(fixture.id(), first, { ttlMs: 0 }))
      assert.equal((await fixture.answer(reserve(fixture.id(), second))).decision, 'granted')
      await fixture.expectLimit(first, 'requests/day', { used: 0, held: 1 })
    },
  ),
]
