import assert from 'node:assert/strict'
import type { Refusal } from '../domain/command.js'
import { limit, observe, reserve, upsertProvider } from './asked.js'
import { clockCase, contractCase, type StoreContractCase } from './contract-case.js'
import type { Scene } from './scene.js'

const minuteMs = 60_000
const hourMs = 3_600_000

async function returnOf(scene: Scene, name: string, model = ''): Promise<number | 'granted'> {
  const answer = await scene.answer(reserve(scene.id(), name, { model }))
  return answer.decision === 'granted' ? 'granted' : Date.parse(answer.retryAt ?? '')
}

/** When the day of the case's zone ends: it is half past twelve there. */
async function dayEndMs(scene: Scene): Promise<number> {
  const name = await scene.provider('day-end', { limits: [limit({ max: 1 })] })
  return Date.parse((await scene.limit(name, 'requests/day')).resetsAt)
}

/** Windows that end when their vendor says, rather than at a midnight of ours. */
export const statedResetCases: readonly StoreContractCase[] = [
  contractCase('spent quota is back when its vendor says, before our day ends or after', async scene => {
    for (const [label, waitMs] of [
      ['sooner', 5_000_000],
      ['later', 20 * hourMs],
    ] as const) {
      for (const limits of [[], [limit({ max: 10 })]]) {
        const name = await scene.provider(`${label}-${limits.length}`, { limits })
        const resetsAtMs = (await scene.nowMs()) + waitMs
        const spent = scene.fact({ max: 10, remaining: 0, resetsAtMs })
        const { changed, lesson } = await scene.answer(observe(name, { facts: [spent] }))
        assert.deepEqual([changed, lesson], [true, null])
        assert.equal(await returnOf(scene, name), resetsAtMs)
        const { availableAt, disabledBy } = await scene.stats(name)
        assert.deepEqual([Date.parse(availableAt ?? ''), disabledBy], [resetsAtMs, 'vendor'])
        if (limits.length > 0) await scene.expectLimit(name, 'requests/day', { used: 0 })
      }
    }
  }),

  contractCase('a window that ends when ours does is counted in our limit', async scene => {
    const endMs = await dayEndMs(scene)
    for (const [label, resetsAtMs] of [
      ['exactly', endMs],
      ['a little later', endMs + minuteMs],
    ] as const) {
      const name = await scene.provider(label, { limits: [limit({ max: 10 })] })
      const fact = scene.fact({ max: 10, remaining: 4, resetsAtMs })
      await scene.answer(observe(name, { facts: [fact] }))
      await scene.expectLimit(name, 'requests/day', { used: 0, observed: 6 })
      await scene.answer(observe(name, { facts: [{ ...fact, remaining: 0 }] }))
      await scene.expectLimit(name, 'requests/day', { used: 0, observed: 10 })
      assert.equal((await scene.stats(name)).disabledBy, 'quota')
      assert.equal(await returnOf(scene, name), endMs)
    }
  }),

  contractCase('the end that a vendor states counts more than the zone of its days', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const fact = scene.fact({ max: 10, remaining: 4, timeZone: 'Pacific/Kiritimati' })
    const resetsAtMs = await dayEndMs(scene)
    await scene.answer(observe(name, { facts: [{ ...fact, resetsAtMs }] }))
    await scene.expectLimit(name, 'requests/day', { used: 0, observed: 6 })
  }),

  contractCase('what is left in a window that ends elsewhere fills no day of ours', async scene => {
    const name = await scene.provider('a', { limits: [limit({ max: 10 })] })
    const resetsAtMs = (await scene.nowMs()) + hourMs
    const fact = scene.fact({ max: 10, remaining: 1, resetsAtMs })
    assert.equal((await scene.answer(observe(name, { facts: [fact] }))).changed, false)
    await scene.expectLimit(name, 'requests/day', { used: 0 })
    assert.equal(await returnOf(scene, name), 'granted')
  }),

  contractCase('a day that was learned is forgotten once its vendor ends it elsewhere', async scene => {
    const name = await scene.provider('a', { limits: [] })
    const ids = async (): Promise<readonly string[]> => (await scene.stats(name)).limits.map(({ id }) => id)
    const learn = async (resetsAtMs: number): Promise<void> => {
      const fact = scene.fact({ max: 10, remaining: 5, resetsAtMs })
      const { lesson } = await scene.answer(observe(name, { facts: [fact] }))
      assert.ok(lesson !== null)
      await scene.answer(lesson)
    }
    await learn(await dayEndMs(scene))
    assert.deepEqual(await ids(), ['requests/day'])
    await learn((await scene.nowMs()) + 2 * hourMs)
    assert.deepEqual(await ids(), [])
  }),

  contractCase('of a refusal and a spent window what lasts longer counts', async scene => {
    const nowMs = await scene.nowMs()
    const refusal: Refusal = { scope: 'provider', model: null, kind: 'rate_limit', untilMs: nowMs + minuteMs }
    for (const [label, waitMs, expectedMs] of [
      ['window', hourMs, hourMs],
      ['refusal', 30_000, minuteMs],
    ] as const) {
      const name = await scene.provider(label, { limits: [] })
      const fact = scene.fact({ max: 10, remaining: 0, resetsAtMs: nowMs + waitMs, perModel: true })
      await scene.answer(observe(name, { model: 'x', facts: [fact], refusal }))
      assert.equal(await returnOf(scene, name, 'x'), nowMs + expectedMs)
      assert.equal(await returnOf(scene, name, 'y'), 'granted')
    }
  }),

  contractCase(
    'a spent window of a pool keeps off all of its keys, one of a model that model',
    async scene => {
      const pool = await scene.pool('p', { limits: [] })
      const first = await scene.provider('a', { pool, limits: [] })
      const second = await scene.provider('b', { pool, limits: [] })
      const resetsAtMs = (await scene.nowMs()) + hourMs
      const shared = scene.fact({ scope: 'pool', max: 10, remaining: 0, resetsAtMs, perModel: true })
      await scene.answer(observe(first, { facts: [shared] }))
      assert.equal(await returnOf(scene, second, 'x'), 'granted', 'of no model')
      await scene.answer(observe(first, { model: 'x', facts: [shared] }))
      assert.equal(await returnOf(scene, second, 'x'), resetsAtMs)
      assert.equal(await returnOf(scene, second, 'y'), 'granted')
      await scene.answer(observe(first, { facts: [{ ...shared, perModel: false }] }))
      assert.equal(await returnOf(scene, second, 'y'), resetsAtMs)
    },
  ),

  contractCase('a minute is taken as it is, and an end that has passed says nothing', async scene => {
    const name = await scene.provider('a', {
      limits: [limit({ window: 'minute', max: 10 }), limit({ max: 10 })],
    })
    const nowMs = await scene.nowMs()
    const minute = scene.fact({ window: 'minute', max: 10, remaining: 10, resetsAtMs: nowMs + 90_000 })
    // By more than the clocks of a process and its database may differ.
    const day = scene.fact({ max: 10, remaining: 4, resetsAtMs: nowMs - 5_000 })
    await scene.answer(observe(name, { facts: [minute, day] }))
    await scene.expectLimit(name, 'requests/day', { used: 0, observed: 6 })
    assert.equal((await scene.limit(name, 'requests/minute')).vendor?.remaining, 10)
    assert.equal((await scene.stats(name)).available, true)
  }),

  clockCase(
    'a success that spends the last of a window keeps calls off until its end, and no longer',
    async scene => {
      const name = await scene.provider('a', { limits: [] })
      const resetsAtMs = (await scene.nowMs()) + hourMs
      const fact = scene.fact({ max: 10, remaining: 0, resetsAtMs })
      await scene.answer(observe(name, { facts: [fact], succeeded: true }))
      await scene.advance(1_000)
      await scene.answer(observe(name, { facts: [fact], succeeded: true }))
      assert.equal(await returnOf(scene, name), resetsAtMs)
      await scene.advance(1_000)
      await scene.answer(upsertProvider(name, { priority: 2 }))
      await scene.answer(observe(name, { succeeded: true }))
      assert.equal(await returnOf(scene, name), 'granted', 'a later success shows that it is over')
      await scene.answer(observe(name, { facts: [fact] }))
      await scene.advance(hourMs)
      assert.equal(await returnOf(scene, name), 'granted')
    },
  ),
]
