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

  it.each([
    ['a provider', { scope: 'provider', model: '' }],
    ['a pool', { scope: 'pool', model: '' }],
    ['a model', { scope: 'provider', model: 'x:free' }],
    ['a glob', { scope: 'provider', model: '*:free' }],
  ] as const)(
    'calls in flight that meet limits of several periods bar %s until the last',
    async (_, barred) => {
      const waits = [minuteMs, 30 * 86_400_000, hourMs]
      const orders = waits.flatMap(first =>
        waits.filter(other => other !== first).map(second => [first, second]),
      )
      for (const [place, order] of orders.entries()) {
        const third = waits.find(wait => !order.includes(wait)) ?? 0
        const name = `a${place}`
        await answer(upsertPool(`p${place}`, {}))
        await provider(name, [], { pool: `p${place}` })
        const flying = [id(), id(), id()]
        for (const reservationId of flying) {
          await answer(reserve(reservationId, name, { model: 'x:free' }))
          clock.nowMs += 1_000
        }
        const untilMs = clock.nowMs + Math.max(...waits)
        for (const [at, waitMs] of [...order, third].entries()) {
          const refusal = { ...barred, kind: 'rate_limit', untilMs: clock.nowMs + waitMs } as const
          await answer(observe(name, { reservationId: flying[at] ?? '', refusal }))
        }
        const denied = await answer(reserve(id(), name, { model: 'x:free' }))
        expect(denied).toMatchObject({ decision: 'denied', retryAt: new Date(untilMs).toISOString() })
      }
    },
  )

  it('state the status of the refusal that ends last', async () => {
    await provider('a', [])
    const [first, second] = [id(), id()]
    await answer(reserve(first, 'a'))
    clock.nowMs += 1
    await answer(reserve(second, 'a'))
    const kind = 'rate_limit'
    const barred = { scope: 'provider', model: '', kind } as const
    const month = { ...barred, httpStatus: 402, untilMs: clock.nowMs + 5 * 86_400_000 }
    const hour = { ...barred, httpStatus: 429, untilMs: clock.nowMs + 10 * minuteMs }
    await answer(observe('a', { reservationId: first, refusal: month }))
    await answer(observe('a', { reservationId: second, refusal: hour }))
    const denied = await answer(reserve(id(), 'a'))
    expect(denied).toMatchObject({ decision: 'denied', reasons: [{ cause: kind, httpStatus: 402 }] })
  })

  it('a call that was sent after the end of a cool-down may begin a shorter one', async () => {
    await provider('a', [])
    const refusal = (waitMs: number) =>
      ({ scope: 'provider', model: '', kind: 'rate_limit', untilMs: clock.nowMs + waitMs }) as const
    const [first, slow] = [id(), id()]
    await answer(reserve(first, 'a'))
    clock.nowMs += 1
    await answer(reserve(slow, 'a'))
    await answer(observe('a', { reservationId: first, refusal: refusal(hourMs) }))
    clock.nowMs += hourMs
    const next = id()
    expect((await answer(reserve(next, 'a'))).decision).toBe('granted')
    await answer(observe('a', { reservationId: next, refusal: refusal(minuteMs) }))
    expect((await stats('a')).availableAt).toBe(new Date(clock.nowMs + minuteMs).toISOString())
    // The answer of a call from before takes nothing from it, and may prolong it.
    await answer(observe('a', { reservationId: slow, refusal: refusal(1_000) }))
    expect((await stats('a')).availableAt).toBe(new Date(clock.nowMs + minuteMs).toISOString())
    await answer(observe('a', { reservationId: slow, refusal: refusal(hourMs) }))
    expect((await stats('a')).availableAt).toBe(new Date(clock.nowMs + hourMs).toISOString())
  })

  it('the instant stated to a trial counts, not the guess that barred other calls during it', async () => {
    await provider('a', [])
    const billing = (untilMs: number | null) =>
      ({ scope: 'provider', model: '', kind: 'billing', untilMs }) as const
    const [first, second] = [id(), id()]
    await answer(reserve(first, 'a'))
    clock.nowMs += 1
    await answer(reserve(second, 'a'))
    const statedMs = clock.nowMs + 2 * hourMs
    await answer(observe('a', { reservationId: first, refusal: billing(statedMs) }))
    // In flight at the same time, and without an instant: a guess of an hour.
    await answer(observe('a', { reservationId: second, refusal: billing(null) }))
    expect((await stats('a')).availableAt).toBe(new Date(statedMs).toISOString())
    clock.nowMs = statedMs
    const trial = id()
    expect((await answer(reserve(trial, 'a'))).decision).toBe('granted')
    expect((await answer(reserve(id(), 'a'))).decision).toBe('denied')
    const untilMs = clock.nowMs + minuteMs
    await answer(observe('a', { reservationId: trial, refusal: billing(untilMs) }))
    expect((await stats('a')).availableAt).toBe(new Date(untilMs).toISOString())
  })

  it('a success of a later call ends all of an incident, one of an earlier call nothing', async () => {
    await provider('a', [])
    const [early, refused, refusedAgain, late] = [id(), id(), id(), id()]
    for (const reservationId of [early, refused, refusedAgain, late]) {
      await answer(reserve(reservationId, 'a'))
      clock.nowMs += 1
    }
    for (const [reservationId, waitMs] of [
      [refused, hourMs],
      [refusedAgain, minuteMs],
    ] as const) {
      const untilMs = clock.nowMs + waitMs
      const refusal = { scope: 'provider', model: '', kind: 'rate_limit', untilMs } as const
      await answer(observe('a', { reservationId, refusal }))
    }
    await answer(observe('a', { reservationId: early, succeeded: true }))
    expect((await stats('a')).available).toBe(false)
    await answer(observe('a', { reservationId: late, succeeded: true }))
    expect((await stats('a')).available).toBe(true)
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
