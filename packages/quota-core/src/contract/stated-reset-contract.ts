import assert from 'node:assert/strict'
import type { Refusal } from '../domain/command.js'
import { limit, observe, reserve, upsertProvider } from './commands.js'
import { clockCase, contractCase, type StoreContractCase } from './contract-case.js'
import type { Fixture } from './fixture.js'

const minuteMs = 60_000
const hourMs = 3_600_000

async function returnOf(fixture: Fixture, name: string, model = ''): Promise<number | 'granted'> {
  const answer = await fixture.answer(reserve(fixture.id(), name, { model }))
  return answer.decision === 'granted' ? 'granted' : Date.parse(answer.retryAt ?? '')
}

/** When the day ends in the case's time zone, where it is 12:30. */
async function dayEndMs(fixture: Fixture): Promise<number> {
  const name = await fixture.provider('day-end', { limits: [limit({ max: 1 })] })
  return Date.parse((await fixture.limit(name, 'requests/day')).resetsAt ?? '')
}

/** Windows that end when the vendor states, rather than at our midnight. */
export const statedResetCases: readonly StoreContractCase[] = [
  contractCase(
    'spent quota returns when its vendor states, before or after the end of our day',
    async fixture => {
      for (const [label, waitMs] of [
        ['sooner', 5_000_000],
        ['later', 20 * hourMs],
      ] as const) {
        for (const limits of [[], [limit({ max: 10 })]]) {
          const name = await fixture.provider(`${label}-${limits.length}`, { limits })
          const resetsAtMs = (await fixture.nowMs()) + waitMs
          const spent = fixture.fact({ max: 10, remaining: 0, resetsAtMs })
          const { changed, limitUpdate } = await fixture.answer(observe(name, { facts: [spent] }))
          assert.deepEqual([changed, limitUpdate], [true, null])
          assert.equal(await returnOf(fixture, name), resetsAtMs)
          const { availableAt, disabledBy } = await fixture.stats(name)
          assert.deepEqual([Date.parse(availableAt ?? ''), disabledBy], [resetsAtMs, 'vendor'])
          if (limits.length > 0) await fixture.expectLimit(name, 'requests/day', { used: 0 })
        }
      }
    },
  ),

  contractCase('a window with the same end as ours is counted in our limit', async fixture => {
    const endMs = await dayEndMs(fixture)
    for (const [label, resetsAtMs] of [
      ['exactly', endMs],
      ['a little later', endMs + minuteMs],
    ] as const) {
      const name = await fixture.provider(label, { limits: [limit({ max: 10 })] })
      const fact = fixture.fact({ max: 10, remaining: 4, resetsAtMs })
      await fixture.answer(observe(name, { facts: [fact] }))
      await fixture.expectLimit(name, 'requests/day', { used: 0, observed: 6 })
      await fixture.answer(observe(name, { facts: [{ ...fact, remaining: 0 }] }))
      await fixture.expectLimit(name, 'requests/day', { used: 0, observed: 10 })
      assert.equal((await fixture.stats(name)).disabledBy, 'quota')
      assert.equal(await returnOf(fixture, name), endMs)
    }
  }),

  contractCase('the end stated by a vendor takes precedence over its time zone', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const fact = fixture.fact({ max: 10, remaining: 4, timeZone: 'Pacific/Kiritimati' })
    const resetsAtMs = await dayEndMs(fixture)
    await fixture.answer(observe(name, { facts: [{ ...fact, resetsAtMs }] }))
    await fixture.expectLimit(name, 'requests/day', { used: 0, observed: 6 })
  }),

  contractCase('usage of a window with another end is not counted in our day', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ max: 10 })] })
    const resetsAtMs = (await fixture.nowMs()) + hourMs
    const fact = fixture.fact({ max: 10, remaining: 1, resetsAtMs })
    assert.equal((await fixture.answer(observe(name, { facts: [fact] }))).changed, false)
    await fixture.expectLimit(name, 'requests/day', { used: 0 })
    assert.equal(await returnOf(fixture, name), 'granted')
  }),

  contractCase('a learned limit per day is removed once its vendor states another end', async fixture => {
    const name = await fixture.provider('a', { limits: [] })
    const ids = async (): Promise<readonly string[]> => (await fixture.stats(name)).limits.map(({ id }) => id)
    const learn = async (resetsAtMs: number): Promise<void> => {
      const fact = fixture.fact({ max: 10, remaining: 5, resetsAtMs })
      const { limitUpdate } = await fixture.answer(observe(name, { facts: [fact] }))
      assert.ok(limitUpdate !== null)
      await fixture.answer(limitUpdate)
    }
    await learn(await dayEndMs(fixture))
    assert.deepEqual(await ids(), ['requests/day'])
    await learn((await fixture.nowMs()) + 2 * hourMs)
    assert.deepEqual(await ids(), [])
  }),

  contractCase('the longer of a refusal and a spent window counts', async fixture => {
    const nowMs = await fixture.nowMs()
    const refusal: Refusal = { scope: 'provider', model: null, kind: 'rate_limit', untilMs: nowMs + minuteMs }
    for (const [label, waitMs, expectedMs] of [
      ['window', hourMs, hourMs],
      ['refusal', 30_000, minuteMs],
    ] as const) {
      const name = await fixture.provider(label, { limits: [] })
      const fact = fixture.fact({ max: 10, remaining: 0, resetsAtMs: nowMs + waitMs, perModel: true })
      await fixture.answer(observe(name, { model: 'x', facts: [fact], refusal }))
      assert.equal(await returnOf(fixture, name, 'x'), nowMs + expectedMs)
      assert.equal(await returnOf(fixture, name, 'y'), 'granted')
    }
  }),

  contractCase(
    'a spent window of a pool bars all of its keys, one of a model bars that model',
    async fixture => {
      const pool = await fixture.pool('p', { limits: [] })
      const first = await fixture.provider('a', { pool, limits: [] })
      const second = await fixture.provider('b', { pool, limits: [] })
      const resetsAtMs = (await fixture.nowMs()) + hourMs
      const shared = fixture.fact({ scope: 'pool', max: 10, remaining: 0, resetsAtMs, perModel: true })
      await fixture.answer(observe(first, { facts: [shared] }))
      assert.equal(await returnOf(fixture, second, 'x'), 'granted', 'without a model')
      await fixture.answer(observe(first, { model: 'x', facts: [shared] }))
      assert.equal(await returnOf(fixture, second, 'x'), resetsAtMs)
      assert.equal(await returnOf(fixture, second, 'y'), 'granted')
      await fixture.answer(observe(first, { facts: [{ ...shared, perModel: false }] }))
      assert.equal(await returnOf(fixture, second, 'y'), resetsAtMs)
    },
  ),

  contractCase('limits per minute are always counted, and a past end is ignored', async fixture => {
    const name = await fixture.provider('a', {
      limits: [limit({ window: 'minute', max: 10 }), limit({ max: 10 })],
    })
    const nowMs = await fixture.nowMs()
    const minute = fixture.fact({ window: 'minute', max: 10, remaining: 10, resetsAtMs: nowMs + 90_000 })
    // More than the clocks of a process and its database may differ.
    const day = fixture.fact({ max: 10, remaining: 4, resetsAtMs: nowMs - 5_000 })
    await fixture.answer(observe(name, { facts: [minute, day] }))
    await fixture.expectLimit(name, 'requests/day', { used: 0, observed: 6 })
    assert.equal((await fixture.limit(name, 'requests/minute')).vendor?.remaining, 10)
    assert.equal((await fixture.stats(name)).available, true)
  }),

  clockCase(
    'a success that spends a window bars calls until the window’s end, and no longer',
    async fixture => {
      const name = await fixture.provider('a', { limits: [] })
      const resetsAtMs = (await fixture.nowMs()) + hourMs
      const fact = fixture.fact({ max: 10, remaining: 0, resetsAtMs })
      await fixture.answer(observe(name, { facts: [fact], succeeded: true }))
      await fixture.advance(1_000)
      await fixture.answer(observe(name, { facts: [fact], succeeded: true }))
      assert.equal(await returnOf(fixture, name), resetsAtMs)
      await fixture.advance(1_000)
      await fixture.answer(upsertProvider(name, { priority: 2 }))
      await fixture.answer(observe(name, { succeeded: true }))
      assert.equal(await returnOf(fixture, name), 'granted', 'a later success ends it')
      await fixture.answer(observe(name, { facts: [fact] }))
      await fixture.advance(hourMs)
      assert.equal(await returnOf(fixture, name), 'granted')
    },
  ),
]
