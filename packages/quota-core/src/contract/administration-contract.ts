import assert from 'node:assert/strict'
import { commit, limit, record, reserve, upsertPool, upsertProvider } from './commands.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

const byApi = { actor: 'admin', managedBy: 'api' } as const
const byFile = { actor: 'file', managedBy: 'file' } as const

/** Enabling, disabling, removing and reviving, and who may do it. */
export const administrationCases: readonly StoreContractCase[] = [
  contractCase('a provider disabled by an admin grants nothing until it is enabled', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const flying = fixture.id()
    await fixture.answer(reserve(flying, name))
    const switched = (enabled: boolean) =>
      fixture.answer({ type: 'setEnabled', kind: 'provider', name, enabled, actor: 'admin' })
    for (let times = 0; times < 2; times++) await switched(false)
    const stats = await fixture.stats(name)
    assert.deepEqual(
      [stats.status, stats.disabledBy, stats.available, stats.availableAt],
      ['disabled', 'admin', false, null],
    )
    const denied = await fixture.answer(reserve(fixture.id(), name))
    assert.ok(denied.decision === 'denied')
    assert.deepEqual([denied.reasons[0]?.code, denied.retryAt], ['disabled', null])
    await fixture.answer(commit(flying))
    // Neither a reset nor the configuration file nor the vendor enables it.
    await fixture.answer({
      type: 'resetUsage',
      id: fixture.id(),
      subject: { kind: 'provider', name },
      actor: 'admin',
    })
    await fixture.answer({ type: 'retryProvider', name, actor: 'admin' })
    await fixture.answer(upsertProvider(name, { ...byFile, priority: 1 }))
    assert.equal((await fixture.stats(name)).disabledBy, 'admin')
    for (let times = 0; times < 2; times++) await switched(true)
    assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
  }),

  contractCase(
    'a removed provider takes no reservation; its calls settle and its history stays',
    async fixture => {
      const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
      const [flying, expiring] = [fixture.id(), fixture.id()]
      await fixture.answer(reserve(flying, name))
      await fixture.answer(reserve(expiring, name, { ttlMs: 0 }))
      await fixture.expire(name)
      for (let times = 0; times < 2; times++)
        await fixture.answer({ type: 'removeSubject', kind: 'provider', name, ...byApi })
      const error = await fixture.refusal(reserve(fixture.id(), name), 'UNKNOWN_PROVIDER')
      assert.equal(error.field, 'providerName')
      const { stats } = await fixture.answer(commit(flying))
      assert.equal(stats.available, false)
      await fixture.answer(record(fixture.id(), name))
      assert.equal((await fixture.days(name))[0]?.requestCount, 3)
      assert.equal((await fixture.ledger(name)).length, 3)
      await fixture.answer(upsertProvider(name, {}))
      const revived = await fixture.stats(name)
      assert.deepEqual([revived.available, revived.requestCount], [true, 3])
      await fixture.expectLimit(name, 'requests/day', { used: 3 })
    },
  ),

  contractCase('unknown owners can be neither changed nor removed', async fixture => {
    const name = fixture.name('missing')
    const commands = [
      { type: 'removeSubject', kind: 'provider', name, ...byApi },
      { type: 'setEnabled', kind: 'provider', name, enabled: false, actor: 'admin' },
      { type: 'retryProvider', name, actor: 'admin' },
    ] as const
    for (const command of commands) {
      assert.equal((await fixture.refusal(command, 'UNKNOWN_PROVIDER')).field, 'name')
    }
    const reset = {
      type: 'resetUsage',
      id: fixture.id(),
      subject: { kind: 'provider', name },
      actor: 'admin',
    } as const
    assert.equal((await fixture.refusal(reset, 'UNKNOWN_PROVIDER')).field, 'providerName')
    assert.equal(
      (await fixture.refusal({ type: 'removeSubject', kind: 'pool', name, ...byApi }, 'UNKNOWN_POOL')).field,
      'name',
    )
    const lost = upsertProvider(fixture.name('a'), { vendor: 'vendor', pool: name })
    assert.equal((await fixture.refusal(lost, 'UNKNOWN_POOL')).field, 'pool')
    assert.equal(
      (await fixture.refusal(upsertProvider(fixture.name('a'), {}), 'INVALID_INPUT')).field,
      'vendor',
    )
  }),

  contractCase(
    'a pool is reset only with its providers, and not removed while it is in use',
    async fixture => {
      const pool = await fixture.pool('p', { limits: [limit({ max: 1 })] })
      const name = await fixture.provider('a', { pool })
      const reset = {
        type: 'resetUsage',
        id: fixture.id(),
        subject: { kind: 'pool', name: pool },
        actor: 'admin',
      } as const
      assert.equal(
        (await fixture.refusal(reset, 'INVALID_INPUT')).message,
        'a pool cannot be reset by itself: reset one of its providers',
      )
      const remove = { type: 'removeSubject', kind: 'pool', name: pool, ...byApi } as const
      assert.match((await fixture.refusal(remove, 'IN_USE')).message, new RegExp(name))
      await fixture.answer({ type: 'removeSubject', kind: 'provider', name, ...byApi })
      for (let times = 0; times < 2; times++) await fixture.answer(remove)
      assert.equal((await fixture.refusal(upsertProvider(name, {}), 'UNKNOWN_POOL')).field, 'pool')
      await fixture.answer(upsertProvider(name, { pool: null }))
      await fixture.refusal(upsertProvider(name, { pool }), 'UNKNOWN_POOL')
      await fixture.answer(upsertPool(pool, {}))
      await fixture.answer(upsertProvider(name, { pool }))
      assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'granted')
      assert.equal((await fixture.answer(reserve(fixture.id(), name))).decision, 'denied')
    },
  ),

  contractCase('a provider with calls in flight stays in its pool', async fixture => {
    const pool = await fixture.pool('p', { limits: [limit({ max: 10 })] })
    const name = await fixture.provider('a', { pool })
    const id = fixture.id()
    await fixture.answer(reserve(id, name))
    assert.equal((await fixture.refusal(upsertProvider(name, { pool: null }), 'IN_USE')).field, 'pool')
    const moved = upsertPool(pool, { timeZone: 'Asia/Tokyo' })
    assert.equal((await fixture.refusal(moved, 'IN_USE')).field, 'timeZone')
    await fixture.answer(commit(id))
    await fixture.answer(upsertProvider(name, { pool: null }))
    assert.deepEqual((await fixture.stats(name)).limits, [])
  }),

  contractCase('owners managed by the configuration file are changed only there', async fixture => {
    const pool = fixture.name('p')
    await fixture.answer(upsertPool(pool, { ...byFile, limits: [limit({ max: 10 })] }))
    const name = await fixture.provider('a', { ...byFile, pool, limits: [limit({ max: 10 })] })
    const commands = [
      upsertProvider(name, { limits: [] }),
      { type: 'removeSubject', kind: 'provider', name, ...byApi },
      upsertPool(pool, { limits: [] }),
      { type: 'removeSubject', kind: 'pool', name: pool, ...byApi },
    ] as const
    for (const command of commands) {
      const error = await fixture.refusal(command, 'MANAGED_BY_FILE')
      assert.equal(error.field, 'name')
      assert.match(error.message, /file/)
    }
    await fixture.answer({ type: 'setEnabled', kind: 'provider', name, enabled: false, actor: 'admin' })
    await fixture.answer({ type: 'setEnabled', kind: 'provider', name, enabled: true, actor: 'admin' })
    await fixture.answer(upsertProvider(name, { ...byFile, limits: [limit({ max: 20 })] }))
    const { limits } = await fixture.stats(name)
    assert.deepEqual(
      limits.map(({ subject, max }) => [subject.kind, max]),
      [
        ['pool', 10],
        ['provider', 20],
      ],
    )
    // Anyone may revive an owner that the file no longer has.
    await fixture.answer({ type: 'removeSubject', kind: 'provider', name, ...byFile })
    await fixture.answer(upsertProvider(name, { limits: [] }))
    const { state } = await fixture.store.read({ type: 'snapshot', providerNames: [name] })
    assert.equal(state.provider(name)?.managedBy, 'api')
  }),
]
