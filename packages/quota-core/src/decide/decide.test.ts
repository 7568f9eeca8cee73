import { beforeEach, describe, expect, it } from 'vitest'
import { memoryFixture } from '../../tests/memory-fixture.js'
import { acquire, commit, countsOf, limit, record, reserve, upsertProvider } from '../contract/commands.js'
import { expireStep } from '../expiry/expire-step.js'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const { answer, clock, id, provider, stats, store } = memoryFixture()

const at = (text: string): void => {
  clock.nowMs = Date.parse(text)
}

describe('windows determine when a denial ends', () => {
  it('a Pacific day does not reset at UTC midnight', async () => {
    await provider('gemini_1', [limit({ max: 20 })], { timeZone: 'America/Los_Angeles' })
    at('2026-11-25T23:50:00Z')
    await answer(record(id(), 'gemini_1', { counts: { requestCount: 20 } }))
    at('2026-11-26T00:10:00Z')
    for (let count = 0; count < 20; count++) {
      const denied = await answer(reserve(id(), 'gemini_1'))
      expect(denied).toMatchObject({ decision: 'denied', retryAt: '2026-11-26T08:00:00.000Z' })
    }
    at('2026-11-26T07:59:59.999Z')
    expect((await answer(reserve(id(), 'gemini_1'))).decision).toBe('denied')
    at('2026-11-26T08:00:00.000Z')
    expect((await answer(reserve(id(), 'gemini_1'))).decision).toBe('granted')
    const range = { from: '2026-11-25', to: '2026-11-26', cursor: null, pageSize: 10 }
    const { rows } = await store().read({ type: 'history', providerName: 'gemini_1', ...range })
    expect(rows.map(row => [row.date, row.requestCount])).toEqual([['2026-11-25', 20]])
  })

  it('denied calls do not delay a reset', async () => {
    await provider('a', [limit({ window: 'minute', max: 2 })])
    const startMs = clock.nowMs
    for (const second of [0, 1]) {
      clock.nowMs = startMs + second * 1_000
      expect((await answer(reserve(id(), 'a'))).decision).toBe('granted')
    }
    for (const second of [10, 20, 30, 40, 50, 59]) {
      clock.nowMs = startMs + second * 1_000
      const denied = await answer(reserve(id(), 'a'))
      expect(denied).toMatchObject({ decision: 'denied', retryAt: '2026-11-25T12:01:00.000Z' })
    }
    clock.nowMs = startMs + minuteMs
    expect((await answer(reserve(id(), 'a'))).decision).toBe('granted')
  })

  it('minutes follow the clock, not the key’s creation', async () => {
    at('2026-11-25T11:59:37Z')
    await provider('a', [limit({ window: 'minute', max: 10 })])
    at('2026-11-25T12:00:30Z')
    await answer(record(id(), 'a', { counts: { requestCount: 10 } }))
    at('2026-11-25T12:01:00Z')
    expect((await answer(reserve(id(), 'a'))).decision).toBe('granted')
  })

  it('an event at midnight counts once, in the new day', async () => {
    at('2026-11-26T00:00:00.000Z')
    await provider('a', [limit({ max: 10 })])
    const command = record(id(), 'a')
    for (let times = 0; times < 2; times++) await answer(command)
    expect(await stats('a')).toMatchObject({ date: '2026-11-26', requestCount: 1 })
  })

  it('a limit added after the clock was ahead includes calls dated by that clock', async () => {
    await provider('a', [])
    at('2026-11-25T12:01:02Z')
    for (let call = 0; call < 3; call++) await answer(record(id(), 'a'))
    at('2026-11-25T12:00:54Z')
    await provider('a', [limit({ window: 'minute', max: 5 })])
    at('2026-11-25T12:01:04Z')
    expect((await stats('a')).limits[0]).toMatchObject({ used: 3, remaining: 2 })
  })

  it('a rolling day is not a calendar day: a smaller call fits sooner', async () => {
    await provider('groq_1', [limit({ metric: 'tokens', window: 'rolling-1d', max: 100_000 })])
    await answer(record(id(), 'groq_1', { counts: { inputTokenCount: 97_050 } }))
    const denied = await answer(reserve(id(), 'groq_1', { counts: { inputTokenCount: 3_619 } }))
    expect(denied).toMatchObject({
      decision: 'denied',
      reasons: [{ code: 'exhausted', retryAt: new Date(clock.nowMs + 578_016).toISOString() }],
    })
    expect((await answer(reserve(id(), 'groq_1', { counts: { inputTokenCount: 2_950 } }))).decision).toBe(
      'granted',
    )
  })

  it('a monthly limit stays spent for its 31 days, without any timer', async () => {
    at('2026-12-01T00:00:00Z')
    await provider('huggingface_1', [limit({ metric: 'cost', window: 'month', max: 100_000 })])
    await answer(record(id(), 'huggingface_1', { counts: { costMicroUsd: 100_000 } }))
    for (const laterMs of [1_000, 2_147_483_648, 30 * dayMs]) {
      clock.nowMs = Date.parse('2026-12-01T00:00:00Z') + laterMs
      expect((await stats('huggingface_1')).available).toBe(false)
    }
    at('2027-01-01T00:00:00Z')
    expect((await stats('huggingface_1')).available).toBe(true)
  })
})

describe('a key at its limit returns without intervention', () => {
  beforeEach(async () => {
    await provider('a', [limit({ max: 10 })])
    await answer(record(id(), 'a', { counts: { requestCount: 10 } }))
    expect(await stats('a')).toMatchObject({ status: 'disabled', disabledBy: 'quota' })
  })

  it('when its window turns', async () => {
    clock.nowMs += 12 * hourMs
    expect((await stats('a')).status).toBe('available')
  })

  it('when its limit is raised', async () => {
    await provider('a', [limit({ max: 20 })])
    expect((await stats('a')).status).toBe('available')
  })

  it('but not if an admin has disabled it', async () => {
    await answer({ type: 'setEnabled', kind: 'provider', name: 'a', enabled: false, actor: 'admin' })
    clock.nowMs += 12 * hourMs
    await provider('a', [limit({ max: 20 })])
    expect(await stats('a')).toMatchObject({ status: 'disabled', disabledBy: 'admin', availableAt: null })
  })
})

describe('limits of 0, null and undefined', () => {
  it('0 allows nothing, null everything, and undefined keeps the limits', async () => {
    await provider('none', [limit({ max: 0 })])
    await provider('free', [limit({ max: null })])
    expect((await answer(reserve(id(), 'none'))).decision).toBe('denied')
    expect((await answer(reserve(id(), 'free', { counts: { requestCount: 1e15 } }))).decision).toBe('granted')
    await answer(upsertProvider('none', { priority: 1 }))
    expect((await stats('none')).limits).toMatchObject([{ max: 0 }])
  })

  it('the first call is admitted by the limit too, and uses one unit', async () => {
    await provider('a', [limit({ max: 10 })])
    expect((await answer(reserve(id(), 'a', { counts: { requestCount: 11 } }))).decision).toBe('denied')
    const granted = await answer(reserve(id(), 'a'))
    expect(granted).toMatchObject({ decision: 'granted', limits: [{ remaining: 9, held: 1 }] })
  })
})

describe('reservations', () => {
  it('with atLeast, a large estimate holds only what fits', async () => {
    await provider('a', [limit({ metric: 'tokens', window: 'rolling-60s', max: 8_000 })])
    const counts = { inputTokenCount: 100, outputTokenCount: 32_000 }
    const whole = await answer(reserve(id(), 'a', { counts }))
    expect(whole).toMatchObject({ decision: 'denied', reasons: [{ code: 'too_large' }], retryAt: null })
    const atLeast = countsOf({ ...counts, outputTokenCount: 256 })
    const granted = await answer(reserve(id(), 'a', { counts, atLeast }))
    expect(granted).toMatchObject({
      decision: 'granted',
      counts: { inputTokenCount: 100, outputTokenCount: 7_900 },
    })
  })

  it('a cut never falls below atLeast, whatever part of the input is cached', async () => {
    await provider('a', [limit({ metric: 'inputTokens', max: 60 })])
    const counts = { inputTokenCount: 100, cachedInputTokenCount: 80 }
    const atLeast = countsOf({ inputTokenCount: 50 })
    const granted = await answer(reserve(id(), 'a', { counts, atLeast }))
    expect(granted).toMatchObject({
      decision: 'granted',
      counts: { inputTokenCount: 60, cachedInputTokenCount: 60 },
    })
    const most = await answer(reserve(id(), 'a', { counts, atLeast }))
    expect(most.decision).toBe('denied')
  })

  it('the reservation of a crashed process is charged at its expiry, and a late commit replaces the charge', async () => {
    await provider('a', [limit({ metric: 'characters', max: 1_000 })])
    const lost = id()
    await answer(reserve(lost, 'a', { counts: { characterCount: 1_000 }, ttlMs: minuteMs }))
    clock.nowMs += minuteMs
    await expireStep(store(), null)
    expect((await stats('a')).characterCount).toBe(1_000)
    await answer(commit(lost, { counts: { characterCount: 300 } }))
    expect((await stats('a')).characterCount).toBe(300)
  })

  it('retryAt is the latest over limits, and the earliest over candidates', async () => {
    await provider('a', [limit({ max: 1 }), limit({ window: 'hour', max: 1 })])
    await provider('b', [limit({ window: 'hour', max: 1 })])
    for (const name of ['a', 'b']) await answer(reserve(id(), name))
    expect(await answer(reserve(id(), 'a'))).toMatchObject({ retryAt: '2026-11-26T00:00:00.000Z' })
    const candidates = ['a', 'b'].map(providerName => ({ providerName, model: '' }))
    expect(await answer(acquire(id(), candidates))).toMatchObject({ retryAt: '2026-11-25T13:00:00.000Z' })
  })

  it('retryAt counts calls in flight as spent, even if the call would just fit', async () => {
    await provider('a', [limit({ window: 'minute', max: 2 }), limit({ metric: 'characters', max: 5 })])
    await answer(reserve(id(), 'a', { counts: { requestCount: 2, characterCount: 5 } }))
    const denied = await answer(reserve(id(), 'a'))
    expect(denied).toMatchObject({ decision: 'denied', reasons: [{ limitId: 'requests/minute' }] })
    // At the next minute the day's characters are spent, and a spent limit denies even 0.
    expect(denied).toMatchObject({ retryAt: '2026-11-26T00:00:00.000Z' })
  })

  it('retryAt is null if the call can never fit', async () => {
    await provider('a', [limit({ metric: 'characters', max: 100 }), limit({ max: 1 })])
    await answer(reserve(id(), 'a'))
    const denied = await answer(reserve(id(), 'a', { counts: { characterCount: 101 } }))
    expect(denied).toMatchObject({ decision: 'denied', retryAt: null })
  })
})

describe('expiry', () => {
  it('takes effect at its instant, however late it runs: a level does not drain twice', async () => {
    await provider('a', [limit({ window: 'rolling-1h', max: 100 })])
    await answer(record(id(), 'a', { counts: { requestCount: 50 } }))
    await answer(reserve(id(), 'a', { counts: { requestCount: 50 }, ttlMs: 0 }))
    clock.nowMs += 30 * minuteMs
    await expireStep(store(), null)
    expect((await stats('a')).limits).toMatchObject([{ used: 50 }])
  })

  it('in a past window raises no alert', async () => {
    await provider('a', [limit({ max: 10 })])
    await answer(reserve(id(), 'a', { counts: { requestCount: 9 }, ttlMs: minuteMs }))
    clock.nowMs += dayMs
    await expireStep(store(), null)
    await answer(record(id(), 'a'))
    const anyone = { subjectKind: null, subjectName: null, severity: null, cursor: null, pageSize: 10 }
    expect((await store().read({ type: 'alerts', ...anyone })).rows).toEqual([])
    expect(await stats('a')).toMatchObject({ requestCount: 1, status: 'available' })
  })
})

describe('time', () => {
  it('never moves back for a subject, after a use, a change of settings or a reset', async () => {
    await provider('a', [limit({ max: 10 })])
    await answer({ type: 'resetUsage', id: id(), subject: { kind: 'provider', name: 'a' }, actor: 'admin' })
    const reserved = id()
    clock.nowMs -= 2 * dayMs
    await answer(reserve(reserved, 'a', { ttlMs: dayMs }))
    await answer(commit(reserved))
    expect(await stats('a')).toMatchObject({ date: '2026-11-25', requestCount: 1 })
    expect((await stats('a')).limits).toMatchObject([{ used: 1 }])
  })
})
