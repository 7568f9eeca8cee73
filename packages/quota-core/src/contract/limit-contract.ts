import assert from 'node:assert/strict'
import { commit, limit, record, reserve, upsertProvider } from './commands.js'
import { contractCase, type StoreContractCase } from './contract-case.js'

const characters = (count: number) => ({ counts: { characterCount: count } })

/** Adding, changing and removing limits; modes. */
export const limitCases: readonly StoreContractCase[] = [
  contractCase('a limit added within a window starts from the ledger’s sum', async fixture => {
    const name = await fixture.provider('a')
    const nowMs = await fixture.nowMs()
    await fixture.answer(record(fixture.id(), name, characters(70)))
    await fixture.answer(
      record(fixture.id(), name, { ...characters(1_000), occurredAtMs: nowMs - 86_400_000 }),
    )
    const pending = fixture.id()
    await fixture.answer(reserve(pending, name, characters(20)))
    const released = fixture.id()
    await fixture.answer(reserve(released, name, characters(500)))
    await fixture.answer({ type: 'release', reservationId: released })
    const daily = limit({ metric: 'characters', max: 100 })
    await fixture.provider('a', { limits: [daily] })
    await fixture.expectLimit(name, daily.id, { used: 70, held: 20 })
    assert.equal((await fixture.answer(reserve(fixture.id(), name, characters(11)))).decision, 'denied')
    await fixture.answer(commit(pending, characters(30)))
    await fixture.expectLimit(name, daily.id, { used: 100 })
  }),

  contractCase('an added rolling limit starts from the usage that has not drained', async fixture => {
    const name = await fixture.provider('a')
    const nowMs = await fixture.nowMs()
    const occurredAtMs = nowMs - 43_200_000
    await fixture.answer(record(fixture.id(), name, { ...characters(80), occurredAtMs }))
    await fixture.answer(reserve(fixture.id(), name, characters(10)))
    await fixture.provider('a', {
      limits: [limit({ metric: 'characters', window: 'rolling-1d', max: 100 })],
    })
    const { used, held } = await fixture.limit(name, 'characters/rolling-1d')
    assert.equal(held, 10)
    // Half a day drains 50 of the 80; sums by buckets are exact to a thousandth of the window.
    assert.ok(used >= 30 && used <= 31, `30 of 80 characters are left, not ${used}`)
  }),

  contractCase('a rolling limit added after a reset starts from 0', async fixture => {
    const name = await fixture.provider('a')
    await fixture.answer(record(fixture.id(), name, characters(80)))
    await fixture.answer({
      type: 'resetUsage',
      id: fixture.id(),
      subject: { kind: 'provider', name },
      actor: 'admin',
    })
    await fixture.answer(record(fixture.id(), name, characters(7)))
    await fixture.provider('a', {
      limits: [limit({ metric: 'characters', window: 'rolling-7d', max: 100 })],
    })
    await fixture.expectLimit(name, 'characters/rolling-7d', { used: 7 })
  }),

  contractCase('adding limits keeps the counters of existing ones', async fixture => {
    const daily = limit({ metric: 'characters', max: 100 })
    const hourly = limit({ window: 'hour', max: 10 })
    const name = await fixture.provider('a', { limits: [daily, hourly] })
    await fixture.answer(record(fixture.id(), name, characters(60)))
    await fixture.answer(reserve(fixture.id(), name, characters(10)))
    await fixture.provider('a', { limits: [{ ...daily, max: 200 }] })
    await fixture.expectLimit(name, daily.id, { used: 60, held: 10 })
    await fixture.provider('a', { limits: [hourly, daily] })
    await fixture.expectLimit(name, daily.id, { used: 60, held: 10 })
    await fixture.expectLimit(name, hourly.id, { used: 1, held: 1 })
  }),

  contractCase('a max lowered below the used units grants nothing more', async fixture => {
    const daily = limit({ metric: 'characters', max: 100 })
    const name = await fixture.provider('a', { limits: [daily] })
    await fixture.answer(record(fixture.id(), name, characters(60)))
    await fixture.provider('a', { limits: [{ ...daily, max: 50 }] })
    assert.equal((await fixture.stats(name)).status, 'disabled')
    assert.equal((await fixture.answer(reserve(fixture.id(), name, characters(0)))).decision, 'denied')
    await fixture.provider('a', { limits: [{ ...daily, max: 61 }] })
    assert.equal((await fixture.answer(reserve(fixture.id(), name, characters(1)))).decision, 'granted')
  }),

  contractCase('omitted fields stay unchanged', async fixture => {
    const daily = limit({ max: 10 })
    const name = await fixture.provider('a', {
      limits: [daily],
      models: ['m-*'],
      priority: 7,
      metadata: { owner: 'me' },
      thresholdsPercent: [50],
    })
    await fixture.answer(upsertProvider(name, { priority: 8 }))
    const { state } = await fixture.store.read({ type: 'snapshot', providerNames: [name] })
    const provider = state.provider(name)
    const subject = state.subject({ kind: 'provider', name })
    assert.deepEqual(
      [provider?.models, provider?.priority, provider?.metadata, provider?.vendor],
      [['m-*'], 8, { owner: 'me' }, 'vendor'],
    )
    assert.deepEqual([subject?.thresholdsPercent, subject?.timeZone], [[50], fixture.timeZone])
    assert.deepEqual(
      subject?.limits.map(({ version: _, ...rest }) => rest),
      [daily],
    )
  }),

  contractCase('applying the same settings again changes nothing', async fixture => {
    const settings = {
      limits: [limit({ max: 10 }), limit({ metric: 'tokens', window: 'rolling-60s', max: 5, model: 'a*' })],
      metadata: { zebra: 1, a: { long: [1, { second: 2, first: 1 }], b: null } },
      models: ['b', 'a'],
    }
    const name = await fixture.provider('a', settings)
    const version = async () =>
      (await fixture.store.read({ type: 'snapshot', providerNames: [name] })).state.subject({
        kind: 'provider',
        name,
      })?.version
    const before = await version()
    await fixture.provider('a', settings)
    assert.equal(await version(), before)
    await fixture.provider('a', { ...settings, priority: 3 })
    assert.notEqual(await version(), before)
  }),

  contractCase('a limit in shadow mode reports what it would deny, and denies nothing', async fixture => {
    const limits = [limit({ max: 1, mode: 'shadow' }), limit({ window: 'month', max: 100 })]
    const name = await fixture.provider('a', { limits })
    const first = await fixture.answer(reserve(fixture.id(), name))
    const second = await fixture.answer(reserve(fixture.id(), name))
    assert.ok(first.decision === 'granted' && second.decision === 'granted')
    assert.deepEqual(
      [first, second].map(({ limits: [daily, monthly] }) => [daily?.wouldDeny, monthly?.wouldDeny]),
      [
        [false, false],
        [true, false],
      ],
    )
    await fixture.expectLimit(name, 'requests/day', { used: 0, held: 2 })
    const stats = await fixture.stats(name)
    assert.deepEqual([stats.status, stats.available, stats.quotaLimit], ['available', true, null])
    assert.deepEqual(await fixture.alerts({ kind: 'provider', name }), [])
  }),

  contractCase('a provider’s days cannot change while calls are in flight', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const id = fixture.id()
    await fixture.answer(reserve(id, name))
    const zone = { timeZone: 'Pacific/Kiritimati' }
    assert.equal((await fixture.refusal(upsertProvider(name, zone), 'IN_USE')).field, 'timeZone')
    const start = await fixture.refusal(upsertProvider(name, { dayStartsAt: '05:00' }), 'IN_USE')
    assert.equal(start.field, 'dayStartsAt')
    await fixture.answer(commit(id))
    await fixture.answer(upsertProvider(name, { dayStartsAt: '05:00' }))
    await fixture.expectLimit(name, 'requests/day', { used: 1 })
  }),

  contractCase('a changed day starts from the ledger’s sum of that day', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const nowMs = await fixture.nowMs()
    await fixture.answer(record(fixture.id(), name, { occurredAtMs: nowMs - 7_200_000 }))
    await fixture.answer(record(fixture.id(), name))
    await fixture.expectLimit(name, 'requests/day', { used: 2 })
    await fixture.answer(upsertProvider(name, { dayStartsAt: '11:30' }))
    await fixture.expectLimit(name, 'requests/day', { used: 1 })
  }),
]
