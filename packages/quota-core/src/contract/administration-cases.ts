import assert from 'node:assert/strict'
import { commit, limit, record, reserve, upsertPool, upsertProvider } from './asked.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

const byApi = { actor: 'admin', managedBy: 'api' } as const
const byFile = { actor: 'file', managedBy: 'file' } as const

/** Switching off, removing, reviving, and who may. */
export const administrationCases: readonly StoreContractCase[] = [
  contractCase('a provider that an admin has switched off grants nothing until switched on', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const flying = scene.id()
    await scene.answer(reserve(flying, name))
    const switched = (enabled: boolean) =>
      scene.answer({ type: 'setProviderEnabled', name, enabled, actor: 'admin' })
    for (let times = 0; times < 2; times++) await switched(false)
    const stats = await scene.stats(name)
    assert.deepEqual(
      [stats.status, stats.disabledBy, stats.available, stats.availableAt],
      ['disabled', 'admin', false, null],
    )
    const denied = await scene.answer(reserve(scene.id(), name))
    assert.ok(denied.decision === 'denied')
    assert.deepEqual([denied.reasons[0]?.code, denied.retryAt], ['disabled', null])
    await scene.answer(commit(flying))
    // Neither a reset nor a file nor the vendor switches it on.
    await scene.answer({
      type: 'resetUsage',
      id: scene.id(),
      subject: { kind: 'provider', name },
      actor: 'admin',
    })
    await scene.answer({ type: 'retryProvider', name, actor: 'admin' })
    await scene.answer(upsertProvider(name, { ...byFile, priority: 1 }))
    assert.equal((await scene.stats(name)).disabledBy, 'admin')
    for (let times = 0; times < 2; times++) await switched(true)
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'granted')
  }),

  contractCase(
    'a removed provider takes no reservation; its calls settle and its history stays',
    async scene => {
      const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
      const [flying, expiring] = [scene.id(), scene.id()]
      await scene.answer(reserve(flying, name))
      await scene.answer(reserve(expiring, name, { ttlMs: 0 }))
      await scene.expire(name)
      for (let times = 0; times < 2; times++)
        await scene.answer({ type: 'removeSubject', kind: 'provider', name, ...byApi })
      const error = await scene.refusal(reserve(scene.id(), name), 'UNKNOWN_PROVIDER')
      assert.equal(error.field, 'providerName')
      const { stats } = await scene.answer(commit(flying))
      assert.equal(stats.available, false)
      await scene.answer(record(scene.id(), name))
      assert.equal((await scene.days(name))[0]?.requestCount, 3)
      assert.equal((await scene.ledger(name)).length, 3)
      await scene.answer(upsertProvider(name, {}))
      const revived = await scene.stats(name)
      assert.deepEqual([revived.available, revived.requestCount], [true, 3])
      await scene.expectLimit(name, 'requests/day', { used: 3 })
    },
  ),

  contractCase('what does not exist can be neither changed nor removed', async scene => {
    const name = scene.name('missing')
    const commands = [
      { type: 'removeSubject', kind: 'provider', name, ...byApi },
      { type: 'setProviderEnabled', name, enabled: false, actor: 'admin' },
      { type: 'retryProvider', name, actor: 'admin' },
    ] as const
    for (const command of commands) {
      assert.equal((await scene.refusal(command, 'UNKNOWN_PROVIDER')).field, 'name')
    }
    const reset = {
      type: 'resetUsage',
      id: scene.id(),
      subject: { kind: 'provider', name },
      actor: 'admin',
    } as const
    assert.equal((await scene.refusal(reset, 'UNKNOWN_PROVIDER')).field, 'providerName')
    assert.equal(
      (await scene.refusal({ type: 'removeSubject', kind: 'pool', name, ...byApi }, 'UNKNOWN_POOL')).field,
      'name',
    )
    const lost = upsertProvider(scene.name('a'), { vendor: 'vendor', pool: name })
    assert.equal((await scene.refusal(lost, 'UNKNOWN_POOL')).field, 'pool')
    assert.equal((await scene.refusal(upsertProvider(scene.name('a'), {}), 'INVALID_INPUT')).field, 'vendor')
  }),

  contractCase('a pool that is in use is not removed', async scene => {
    const pool = await scene.pool('p', { limits: [limit({ max: 1 })] })
    const name = await scene.provider('a', { pool })
    const remove = { type: 'removeSubject', kind: 'pool', name: pool, ...byApi } as const
    assert.match((await scene.refusal(remove, 'IN_USE')).message, new RegExp(name))
    await scene.answer({ type: 'removeSubject', kind: 'provider', name, ...byApi })
    for (let times = 0; times < 2; times++) await scene.answer(remove)
    assert.equal((await scene.refusal(upsertProvider(name, {}), 'UNKNOWN_POOL')).field, 'pool')
    await scene.answer(upsertProvider(name, { pool: null }))
    await scene.refusal(upsertProvider(name, { pool }), 'UNKNOWN_POOL')
    await scene.answer(upsertPool(pool, {}))
    await scene.answer(upsertProvider(name, { pool }))
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'granted')
    assert.equal((await scene.answer(reserve(scene.id(), name))).decision, 'denied')
  }),

  contractCase('a provider with calls in flight stays in its pool', async scene => {
    const pool = await scene.pool('p', { limits: [limit({ max: 10 })] })
    const name = await scene.provider('a', { pool })
    const id = scene.id()
    await scene.answer(reserve(id, name))
    assert.equal((await scene.refusal(upsertProvider(name, { pool: null }), 'IN_USE')).field, 'pool')
    const moved = upsertPool(pool, { timeZone: 'Asia/Tokyo' })
    assert.equal((await scene.refusal(moved, 'IN_USE')).field, 'timeZone')
    await scene.answer(commit(id))
    await scene.answer(upsertProvider(name, { pool: null }))
    assert.deepEqual((await scene.stats(name)).limits, [])
  }),

  contractCase('what the file manages is changed in the file alone', async scene => {
    const pool = scene.name('p')
    await scene.answer(upsertPool(pool, { ...byFile, limits: [limit({ max: 10 })] }))
    const name = await scene.provider('a', { ...byFile, pool, limits: [limit({ max: 10 })] })
    const commands = [
      upsertProvider(name, { limits: [] }),
      { type: 'removeSubject', kind: 'provider', name, ...byApi },
      upsertPool(pool, { limits: [] }),
      { type: 'removeSubject', kind: 'pool', name: pool, ...byApi },
    ] as const
    for (const command of commands) {
      const error = await scene.refusal(command, 'MANAGED_BY_FILE')
      assert.equal(error.field, 'name')
      assert.match(error.message, /file/)
    }
    await scene.answer({ type: 'setProviderEnabled', name, enabled: false, actor: 'admin' })
    await scene.answer({ type: 'setProviderEnabled', name, enabled: true, actor: 'admin' })
    await scene.answer(upsertProvider(name, { ...byFile, limits: [limit({ max: 20 })] }))
    const { limits } = await scene.stats(name)
    assert.deepEqual(
      limits.map(({ subject, max }) => [subject.kind, max]),
      [
        ['pool', 10],
        ['provider', 20],
      ],
    )
    // What the file has dropped is anyone's to revive.
    await scene.answer({ type: 'removeSubject', kind: 'provider', name, ...byFile })
    await scene.answer(upsertProvider(name, { limits: [] }))
    const { state } = await scene.store.read({ type: 'snapshot', providerNames: [name] })
    assert.equal(state.provider(name)?.managedBy, 'api')
  }),
]
