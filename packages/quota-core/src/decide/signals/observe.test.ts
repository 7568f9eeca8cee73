import { describe, expect, it } from 'vitest'
import { memoryFixture } from '../../../tests/memory-fixture.js'
import { fact, limit, observe, reserve, upsertPool } from '../../contract/commands.js'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

const { answer, clock, id, provider, stats } = memoryFixture()

const at = (text: string): void => {
  clock.nowMs = Date.parse(text)
}

describe('answers of vendors', () => {
  it('raise the count of a limit by metric, window and subject', async () => {
    await answer(upsertPool('p', { limits: [limit({ max: 100 })] }))
    await provider('a', [limit({ max: 100 }), limit({ window: 'minute', max: 100 })], { pool: 'p' })
    const spent = fact({ scope: 'pool', max: 100, remaining: 40 })
    await answer(observe('a', { facts: [spent] }))
    expect((await stats('a')).limits.map(shown => shown.observed)).toEqual([60, 0, 0])
  })

  it('report nothing of today if they answer a call of yesterday', async () => {
    await provider('a', [limit({ max: 100 }), limit({ window: 'month', max: 1_000 })])
    const late = id()
    at('2026-11-25T23:59:59.900Z')
    await answer(reserve(late, 'a'))
    at('2026-11-26T00:00:00.100Z')
    const facts = [fact({ max: 100, remaining: 0 }), fact({ window: 'month', max: 1_000, remaining: 0 })]
    await answer(observe('a', { reservationId: late, facts }))
    // The month is the same.
    expect((await stats('a')).limits.map(shown => shown.observed)).toEqual([0, 999])
  })

  // Regression: every slow answer filled the level again, and 6 % of a minute’s quota stayed unused.
  it('do not undo what a rolling limit refilled while the answer was on its way', async () => {
    await provider('a', [limit({ window: 'rolling-60s', max: 10 })])
    const streamed = id()
    await answer(reserve(streamed, 'a', { counts: { requestCount: 10 } }))
    const full = fact({ window: 'rolling-60s', max: 10, remaining: 0 })
    clock.nowMs += minuteMs / 2
    await answer(observe('a', { reservationId: streamed, facts: [full] }))
    await answer({ type: 'release', reservationId: streamed })
    await answer(observe('a', { reservationId: streamed, facts: [full] }))
    expect((await stats('a')).limits[0]?.used).toBe(5)
    clock.nowMs += minuteMs / 2
    await answer(observe('a', { reservationId: streamed, facts: [full] }))
    expect((await stats('a')).limits[0]?.used).toBe(0)
  })

  it('a late answer or an earlier refusal does not change the end of a cool-down', async () => {
    await provider('a', [])
    const [early, late] = [id(), id()]
    await answer(reserve(early, 'a'))
    clock.nowMs += 1_000
    await answer(reserve(late, 'a'))
    const refusal = (untilMs: number) =>
      ({ scope: 'provider', model: '', kind: 'rate_limit', untilMs }) as const
    const untilMs = clock.nowMs + hourMs
    await answer(observe('a', { reservationId: late, refusal: refusal(untilMs) }))
    await answer(observe('a', { reservationId: early, refusal: refusal(clock.nowMs + minuteMs) }))
    expect((await stats('a')).availableAt).toBe(new Date(untilMs).toISOString())
    await answer(observe('a', { reservationId: early, succeeded: true }))
    expect((await stats('a')).available).toBe(false)
  })

  it('a later success ends the cool-downs of its model, not those of another', async () => {
    await provider('a', [])
    for (const model of ['x', 'y']) {
      const refusal = {
        scope: 'provider',
        model,
        kind: 'shared_capacity',
        untilMs: clock.nowMs + hourMs,
      } as const
      await answer(observe('a', { refusal }))
    }
    clock.nowMs += 1
    await answer(observe('a', { model: 'x', succeeded: true }))
    expect((await answer(reserve(id(), 'a', { model: 'x' }))).decision).toBe('granted')
    expect((await answer(reserve(id(), 'a', { model: 'y' }))).decision).toBe('denied')
  })

  it('an absurd instant bars for long, and can be reported', async () => {
    await provider('a', [])
    const refusal = { scope: 'provider', model: '', kind: 'rate_limit', untilMs: 1e20 } as const
    await answer(observe('a', { refusal }))
    expect((await stats('a')).availableAt).toMatch(/^9999-/)
  })
})
