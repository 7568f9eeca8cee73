import assert from 'node:assert/strict'
import { commit, limit, record, reserve, upsertProvider } from './asked.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

const characters = (count: number) => ({ counts: { characterCount: count } })

/** Limits that are added, changed and taken away; modes. */
export const limitCases: readonly StoreContractCase[] = [
  contractCase('a limit added in mid-window starts from what the ledger has', async scene => {
    const name = await scene.provider('a')
    const nowMs = await scene.nowMs()
    await scene.answer(record(scene.id(), name, characters(70)))
    await scene.answer(record(scene.id(), name, { ...characters(1_000), occurredAtMs: nowMs - 86_400_000 }))
    const pending = scene.id()
    await scene.answer(reserve(pending, name, characters(20)))
    const released = scene.id()
    await scene.answer(reserve(released, name, characters(500)))
    await scene.answer({ type: 'release', reservationId: released })
    const daily = limit({ metric: 'characters', max: 100 })
    await scene.provider('a', { limits: [daily] })
    await scene.expectLimit(name, daily.id, { used: 70, held: 20 })
    assert.equal((await scene.answer(reserve(scene.id(), name, characters(11)))).decision, 'denied')
    await scene.answer(commit(pending, characters(30)))
    await scene.expectLimit(name, daily.id, { used: 100 })
  }),

  contractCase('a rolling limit that is added starts from what has not drained', async scene => {
    const name = await scene.provider('a')
    const nowMs = await scene.nowMs()
    const occurredAtMs = nowMs - 43_200_000
    await scene.answer(record(scene.id(), name, { ...characters(80), occurredAtMs }))
    await scene.answer(reserve(scene.id(), name, characters(10)))
    await scene.provider('a', {
      limits: [limit({ metric: 'characters', window: 'rolling-1d', max: 100 })],
    })
    const { used, held } = await scene.limit(name, 'characters/rolling-1d')
    assert.equal(held, 10)
    // Half a day drains 50 of the 80; sums by pieces of time may err by a thousandth of the window.
    assert.ok(used >= 30 && used <= 31, `30 of 80 characters are left, not ${used}`)
  }),

  contractCase('a rolling limit that is added after a reset starts from nothing', async scene => {
    const name = await scene.provider('a')
    await scene.answer(record(scene.id(), name, characters(80)))
    await scene.answer({
      type: 'resetUsage',
      id: scene.id(),
      subject: { kind: 'provider', name },
      actor: 'admin',
    })
    await scene.answer(record(scene.id(), name, characters(7)))
    await scene.provider('a', {
      limits: [limit({ metric: 'characters', window: 'rolling-7d', max: 100 })],
    })
    await scene.expectLimit(name, 'characters/rolling-7d', { used: 7 })
  }),

  contractCase('new limits keep the counters of those that stay', async scene => {
    const daily = limit({ metric: 'characters', max: 100 })
    const hourly = limit({ window: 'hour', max: 10 })
    const name = await scene.provider('a', { limits: [daily, hourly] })
    await scene.answer(record(scene.id(), name, characters(60)))
    await scene.answer(reserve(scene.id(), name, characters(10)))
    await scene.provider('a', { limits: [{ ...daily, max: 200 }] })
    await scene.expectLimit(name, daily.id, { used: 60, held: 10 })
    await scene.provider('a', { limits: [hourly, daily] })
    await scene.expectLimit(name, daily.id, { used: 60, held: 10 })
    await scene.expectLimit(name, hourly.id, { used: 1, held: 1 })
  }),

  contractCase('a max that is lowered below what is used grants nothing more', async scene => {
    const daily = limit({ metric: 'characters', max: 100 })
    const name = await scene.provider('a', { limits: [daily] })
    await scene.answer(record(scene.id(), name, characters(60)))
    await scene.provider('a', { limits: [{ ...daily, max: 50 }] })
    assert.equal((await scene.stats(name)).status, 'disabled')
    assert.equal((await scene.answer(reserve(scene.id(), name, characters(0)))).decision, 'denied')
    await scene.provider('a', { limits: [{ ...daily, max: 61 }] })
    assert.equal((await scene.answer(reserve(scene.id(), name, characters(1)))).decision, 'granted')
  }),

  contractCase('fields that are not given stay as they are', async scene => {
    const daily = limit({ max: 10 })
    const name = await scene.provider('a', {
      limits: [daily],
      models: ['m-*'],
      priority: 7,
      metadata: { owner: 'me' },
      thresholdsPercent: [50],
    })
    await scene.answer(upsertProvider(name, { priority: 8 }))
    const { state } = await scene.store.read({ type: 'snapshot', providerNames: [name] })
    const provider = state.provider(name)
    const subject = state.subject({ kind: 'provider', name })
    assert.deepEqual(
      [provider?.models, provider?.priority, provider?.metadata, provider?.vendor],
      [['m-*'], 8, { owner: 'me' }, 'vendor'],
    )
    assert.deepEqual([subject?.thresholdsPercent, subject?.timeZone], [[50], scene.timeZone])
    assert.deepEqual(
      subject?.limits.map(({ version: _, ...rest }) => rest),
      [daily],
    )
  }),

  contractCase('applying the same settings again changes nothing', async scene => {
    const settings = {
      limits: [limit({ max: 10 }), limit({ metric: 'tokens', window: 'rolling-60s', max: 5, model: 'a*' })],
      metadata: { zebra: 1, a: { long: [1, { second: 2, first: 1 }], b: null } },
      models: ['b', 'a'],
    }
    const name = await scene.provider('a', settings)
    const version = async () =>
      (await scene.store.read({ type: 'snapshot', providerNames: [name] })).state.subject({
        kind: 'provider',
        name,
      })?.version
    const before = await version()
    await scene.provider('a', settings)
    assert.equal(await version(), before)
    await scene.provider('a', { ...settings, priority: 3 })
    assert.notEqual(await version(), before)
  }),

  contractCase('a limit in shadow mode reports what it would deny, and affects nothing', async scene => {
    const limits = [limit({ max: 1, mode: 'shadow' }), limit({ window: 'month', max: 100 })]
    const name = await scene.provider('a', { limits })
    const first = await scene.answer(reserve(scene.id(), name))
    const second = await scene.answer(reserve(scene.id(), name))
    assert.ok(first.decision === 'granted' && second.decision === 'granted')
    assert.deepEqual(
      [first, second].map(({ limits: [daily, monthly] }) => [daily?.wouldDeny, monthly?.wouldDeny]),
      [
        [false, false],
        [true, false],
      ],
    )
    await scene.expectLimit(name, 'requests/day', { used: 0, held: 2 })
    const stats = await scene.stats(name)
    assert.deepEqual([stats.status, stats.available, stats.quotaLimit], ['available', true, null])
    assert.deepEqual(await scene.alerts({ kind: 'provider', name }), [])
  }),

  contractCase('the day of a provider cannot be moved under calls in flight', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const id = scene.id()
    await scene.answer(reserve(id, name))
    const zone = { timeZone: 'Pacific/Kiritimati' }
    assert.equal((await scene.refusal(upsertProvider(name, zone), 'IN_USE')).field, 'timeZone')
    const start = await scene.refusal(upsertProvider(name, { dayStartsAt: '05:00' }), 'IN_USE')
    assert.equal(start.field, 'dayStartsAt')
    await scene.answer(commit(id))
    await scene.answer(upsertProvider(name, { dayStartsAt: '05:00' }))
    await scene.expectLimit(name, 'requests/day', { used: 1 })
  }),

  contractCase('a day that is moved starts from what the ledger has in it', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const nowMs = await scene.nowMs()
    await scene.answer(record(scene.id(), name, { occurredAtMs: nowMs - 7_200_000 }))
    await scene.answer(record(scene.id(), name))
    await scene.expectLimit(name, 'requests/day', { used: 2 })
    await scene.answer(upsertProvider(name, { dayStartsAt: '11:30' }))
    await scene.expectLimit(name, 'requests/day', { used: 1 })
  }),
]
