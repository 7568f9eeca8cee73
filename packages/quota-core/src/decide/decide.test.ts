import { beforeEach, describe, expect, it } from 'vitest'
import {
  acquire,
  commit,
  countsOf,
  fact,
  limit,
  observe,
  record,
  reserve,
  upsertPool,
  upsertProvider,
} from '../contract/commands.js'
import { type OwnerGuide, usualKinds } from '../domain/call-subjects.js'
import type { Command } from '../domain/command.js'
import type { Limit } from '../domain/limit.js'
import type { AnswerTo } from '../domain/outcome.js'
import { providerRef, type SubjectRef } from '../domain/subject.js'
import { expireStep } from '../expiry/expire-step.js'
import { MemoryQuotaStore } from '../memory/memory-quota-store.js'
import { providerStats } from '../stats/provider-stats.js'
import { withoutBusy } from './admission/busy.js'
import { concernedModels } from './needs/concerned-models.js'
import { concernedSubjects } from './needs/concerned-subjects.js'
import { openCandidates } from './needs/open-candidates.js'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

let nowMs: number
let store: MemoryQuotaStore
let idCount: number

beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 25, 12)
  idCount = 0
  store = new MemoryQuotaStore({ now: () => nowMs })
})

function id(): string {
  idCount++
  return `00000000-0000-4000-8000-${String(idCount).padStart(12, '0')}`
}

async function answer<C extends Command>(command: C): Promise<AnswerTo<C>> {
  const [outcome] = await store.execute([command])
  if (outcome === undefined || !outcome.ok) throw outcome?.error
  // The store answers each command by its type.
  return outcome.answer as AnswerTo<C>
}

async function provider(name: string, limits: readonly Limit[], more: object = {}): Promise<string> {
  await answer(upsertProvider(name, { vendor: 'v', limits, ...more }))
  return name
}

async function stats(name: string) {
  const snapshot = await store.read({ type: 'snapshot', providerNames: [name] })
  return providerStats(snapshot.state, name, snapshot.nowMs)
}

const at = (text: string): void => {
  nowMs = Date.parse(text)
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
    const { rows } = await store.read({ type: 'history', providerName: 'gemini_1', ...range })
    expect(rows.map(row => [row.date, row.requestCount])).toEqual([['2026-11-25', 20]])
  })

  it('denied calls do not delay a reset', async () => {
    await provider('a', [limit({ window: 'minute', max: 2 })])
    const startMs = nowMs
    for (const second of [0, 1]) {
      nowMs = startMs + second * 1_000
      expect((await answer(reserve(id(), 'a'))).decision).toBe('granted')
    }
    for (const second of [10, 20, 30, 40, 50, 59]) {
      nowMs = startMs + second * 1_000
      const denied = await answer(reserve(id(), 'a'))
      expect(denied).toMatchObject({ decision: 'denied', retryAt: '2026-11-25T12:01:00.000Z' })
    }
    nowMs = startMs + minuteMs
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
      reasons: [{ code: 'exhausted', retryAt: new Date(nowMs + 578_016).toISOString() }],
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
      nowMs = Date.parse('2026-12-01T00:00:00Z') + laterMs
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
    nowMs += 12 * hourMs
    expect((await stats('a')).status).toBe('available')
  })

  it('when its limit is raised', async () => {
    await provider('a', [limit({ max: 20 })])
    expect((await stats('a')).status).toBe('available')
  })

  it('but not if an admin has disabled it', async () => {
    await answer({ type: 'setEnabled', kind: 'provider', name: 'a', enabled: false, actor: 'admin' })
    nowMs += 12 * hourMs
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
    nowMs += minuteMs
    await expireStep(store, null)
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
    nowMs += 30 * minuteMs
    await expireStep(store, null)
    expect((await stats('a')).limits).toMatchObject([{ used: 50 }])
  })

  it('in a past window raises no alert', async () => {
    await provider('a', [limit({ max: 10 })])
    await answer(reserve(id(), 'a', { counts: { requestCount: 9 }, ttlMs: minuteMs }))
    nowMs += dayMs
    await expireStep(store, null)
    await answer(record(id(), 'a'))
    const anyone = { subjectKind: null, subjectName: null, severity: null, cursor: null, pageSize: 10 }
    expect((await store.read({ type: 'alerts', ...anyone })).rows).toEqual([])
    expect(await stats('a')).toMatchObject({ requestCount: 1, status: 'available' })
  })
})

describe('time', () => {
  it('never moves back for a subject, after a use, a change of settings or a reset', async () => {
    await provider('a', [limit({ max: 10 })])
    await answer({ type: 'resetUsage', id: id(), subject: { kind: 'provider', name: 'a' }, actor: 'admin' })
    const reserved = id()
    nowMs -= 2 * dayMs
    await answer(reserve(reserved, 'a', { ttlMs: dayMs }))
    await answer(commit(reserved))
    expect(await stats('a')).toMatchObject({ date: '2026-11-25', requestCount: 1 })
    expect((await stats('a')).limits).toMatchObject([{ used: 1 }])
  })
})

describe('choosing', () => {
  const candidates = ['a', 'b', 'c'].map(providerName => ({ providerName, model: '' }))

  async function chosen(strategy: 'most-remaining' | 'priority' | 'round-robin' | 'soonest-reset', turn = 0) {
    const granted = await answer(acquire(id(), candidates, { strategy, turn }))
    if (granted.decision === 'granted')
      await answer({ type: 'release', reservationId: granted.reservationId })
    return granted.decision === 'granted' ? granted.providerName : null
  }

  it('most-remaining takes the candidate whose scarcest limit has the largest free share, with calls in flight counted', async () => {
    await provider('a', [limit({ max: 10 }), limit({ window: 'month', max: 1_000 })])
    await provider('b', [limit({ max: 100 })])
    await provider('c', [limit({ max: 1_000 })])
    await answer(record(id(), 'c', { counts: { requestCount: 300 } }))
    await answer(record(id(), 'b', { counts: { requestCount: 10 } }))
    expect(await chosen('most-remaining')).toBe('a')
    await answer(reserve(id(), 'a', { counts: { requestCount: 2 } }))
    expect(await chosen('most-remaining')).toBe('b')
    await answer(reserve(id(), 'b', { counts: { requestCount: 25 } }))
    expect(await chosen('most-remaining')).toBe('a')
  })

  it('most-remaining ignores limits on cost for a free call, whether the request or the candidate states its cost', async () => {
    await provider('a', [limit({ max: 10 }), limit({ metric: 'cost', max: 100 })])
    await provider('b', [limit({ max: 10 }), limit({ metric: 'cost', max: 100 })])
    await provider('c', [limit({ max: 0 })])
    await answer(record(id(), 'a', { counts: { requestCount: 1, costMicroUsd: 90 } }))
    await answer(record(id(), 'b', { counts: { requestCount: 5 } }))
    const free = { costMicroUsd: 0, atLeastMicroUsd: 0, basis: 'stated' } as const
    const ownCost = candidates.map(candidate => ({ ...candidate, cost: free }))
    const paid = { counts: { costMicroUsd: 1 } }
    const asked = [acquire(id(), candidates), acquire(id(), ownCost, paid), acquire(id(), candidates, paid)]
    const names: (string | null)[] = []
    for (const command of asked) {
      const granted = await answer(command)
      names.push(granted.decision === 'granted' ? granted.providerName : null)
    }
    expect(names).toEqual(['a', 'a', 'b'])
  })

  it('priority takes the lowest priority with room', async () => {
    await provider('a', [limit({ max: 10 })], { priority: 3 })
    await provider('b', [limit({ max: 1 })], { priority: 1 })
    await provider('c', [limit({ max: 10 })], { priority: 2 })
    expect(await chosen('priority')).toBe('b')
    await answer(record(id(), 'b'))
    expect(await chosen('priority')).toBe('c')
  })

  it('round-robin takes candidates in turn', async () => {
    for (const name of ['a', 'b', 'c']) await provider(name, [limit({ max: 10 })])
    const turns: unknown[] = []
    for (const turn of [0, 1, 2, 3]) turns.push(await chosen('round-robin', turn))
    expect(turns).toEqual(['a', 'b', 'c', 'a'])
  })

  it('soonest-reset spends first what resets first, ignoring minutes and rolling limits', async () => {
    await provider('a', [limit({ window: 'month', max: 10 }), limit({ id: 'm', window: 'minute', max: 10 })])
    await provider('b', [limit({ max: 10 })], { timeZone: 'Asia/Tokyo' })
    await provider('c', [limit({ window: 'rolling-1h', max: 10 })])
    // Tokyo's day ends at 15:00 UTC.
    expect(await chosen('soonest-reset')).toBe('b')
  })

  it('ties are chosen in input order, the same on every replica', async () => {
    for (const name of ['c', 'b', 'a']) await provider(name, [limit({ max: 10 })])
    for (const strategy of ['most-remaining', 'priority', 'soonest-reset'] as const) {
      expect(await chosen(strategy)).toBe('a')
      const backwards = acquire(id(), candidates.toReversed(), { strategy, counts: { requestCount: 0 } })
      expect(await answer(backwards)).toMatchObject({ providerName: 'c' })
    }
  })

  it('reports every reason of each skipped candidate', async () => {
    await provider('a', [limit({ max: 0 })], { models: ['x'], priority: 1 })
    await provider('b', [limit({ max: 5 })], { priority: 2 })
    await provider('c', [], { priority: 3 })
    await answer({ type: 'setEnabled', kind: 'provider', name: 'a', enabled: false, actor: 'admin' })
    await answer(record(id(), 'b', { counts: { requestCount: 5 } }))
    const refusal = { scope: 'provider', model: 'y', kind: 'unknown_model', untilMs: nowMs + hourMs } as const
    await answer(observe('b', { refusal }))
    const withModel = candidates.map(candidate => ({ ...candidate, model: 'y' }))
    const granted = await answer(acquire(id(), withModel))
    expect(granted).toMatchObject({ decision: 'granted', providerName: 'c', model: 'y' })
    expect(
      granted.skipped.map(({ providerName, reasons }) => [
        providerName,
        ...reasons.map(reason => reason.code),
      ]),
    ).toEqual([
      ['a', 'disabled', 'model_not_served', 'too_large'],
      ['b', 'cooling_down', 'exhausted'],
    ])
  })
})

describe('a choice among candidates of which some are locked', () => {
  const candidates = ['a', 'b', 'c'].map(providerName => ({ providerName, model: '' }))
  const busy = new Map([['a', { kind: 'provider', name: 'a' } as const]])
  const skippedA = {
    providerName: 'a',
    model: null,
    reasons: [
      {
        subject: { kind: 'provider', name: 'a' },
        limitId: null,
        code: 'busy',
        retryAt: '2026-11-25T12:00:01.000Z',
      },
    ],
  }

  it('skips them, whatever room they have, and states when to retry', async () => {
    await provider('a', [limit({ max: 10 })], { priority: 1 })
    await provider('b', [limit({ max: 1 })], { priority: 2 })
    await provider('c', [limit({ max: 0 })], { priority: 3 })
    for (const strategy of ['priority', 'most-remaining', 'round-robin', 'soonest-reset'] as const) {
      const counts = { requestCount: 0 }
      const granted = await answer(acquire(id(), candidates, { strategy, counts, busy }))
      expect(granted).toMatchObject({ decision: 'granted', providerName: 'b' })
      expect(granted.skipped).toContainEqual(skippedA)
    }
    await answer(record(id(), 'b'))
    const denied = await answer(acquire(id(), candidates, { busy }))
    expect(denied).toMatchObject({ decision: 'denied', retryAt: '2026-11-25T12:00:01.000Z' })
    expect(denied.skipped.map(({ reasons }) => reasons[0]?.code)).toEqual(['exhausted', 'too_large', 'busy'])
    expect((await stats('a')).limits[0]).toMatchObject({ held: 0, used: 0 })
  })

  it('concerns neither their subjects nor their counters, unless it repeats a grant at one', async () => {
    await provider('a', [limit({ max: 10 })])
    await provider('b', [limit({ max: 10 })])
    const command = acquire(id(), candidates.slice(0, 2), { busy })
    const ref = providerRef
    const guide = {
      kinds: usualKinds,
      owner: () => undefined,
      lacksOwner: () => false,
      attempt: () => undefined,
      provider: () => ({ models: [] }),
      subject: () => undefined,
    }
    expect(concernedSubjects(guide, command)).toEqual([ref('b')])
    expect(concernedModels(guide, [command])).toEqual([{ ...ref('b'), models: [] }])
    const repeated = { ...guide, attempt: () => ({ providerName: 'a', subjects: [ref('a')] }) }
    expect(concernedSubjects(repeated, command)).toEqual([ref('a'), ref('b')])
  })

  it('may wait for locks if all are locked, and is denied if it may not wait', () => {
    const pool: SubjectRef = { kind: 'pool', name: 'p' }
    const guide: OwnerGuide = {
      kinds: usualKinds,
      owner: ({ name }) => ({ parent: name === 'c' ? pool : null, removedAtMs: null }),
      lacksOwner: () => false,
    }
    const asked = acquire(id(), candidates)
    const openOf = (command: typeof asked, ...locked: string[]) =>
      openCandidates(withoutBusy(command, guide, ({ name }) => locked.includes(name))).map(
        ({ providerName }) => providerName,
      )
    expect(openOf(asked)).toEqual(['a', 'b', 'c'])
    expect(openOf(asked, 'p')).toEqual(['a', 'b'])
    expect(openOf(asked, 'a', 'p')).toEqual(['b'])
    expect(openOf(asked, 'a', 'b', 'p')).toEqual(['a', 'b', 'c'])
    expect(openOf({ ...asked, waitsForBusy: false }, 'a', 'b', 'p')).toEqual([])
    // The earlier lock may be released by now.
    expect(openOf({ ...asked, busy }, 'b')).toEqual(['a', 'c'])
  })
})

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
    nowMs += minuteMs / 2
    await answer(observe('a', { reservationId: streamed, facts: [full] }))
    await answer({ type: 'release', reservationId: streamed })
    await answer(observe('a', { reservationId: streamed, facts: [full] }))
    expect((await stats('a')).limits[0]?.used).toBe(5)
    nowMs += minuteMs / 2
    await answer(observe('a', { reservationId: streamed, facts: [full] }))
    expect((await stats('a')).limits[0]?.used).toBe(0)
  })

  it('a late answer or an earlier refusal does not change the end of a cool-down', async () => {
    await provider('a', [])
    const [early, late] = [id(), id()]
    await answer(reserve(early, 'a'))
    nowMs += 1_000
    await answer(reserve(late, 'a'))
    const refusal = (untilMs: number) =>
      ({ scope: 'provider', model: '', kind: 'rate_limit', untilMs }) as const
    const untilMs = nowMs + hourMs
    await answer(observe('a', { reservationId: late, refusal: refusal(untilMs) }))
    await answer(observe('a', { reservationId: early, refusal: refusal(nowMs + minuteMs) }))
    expect((await stats('a')).availableAt).toBe(new Date(untilMs).toISOString())
    await answer(observe('a', { reservationId: early, succeeded: true }))
    expect((await stats('a')).available).toBe(false)
  })

  it('a later success ends the cool-downs of its model, not those of another', async () => {
    await provider('a', [])
    for (const model of ['x', 'y']) {
      const refusal = { scope: 'provider', model, kind: 'shared_capacity', untilMs: nowMs + hourMs } as const
      await answer(observe('a', { refusal }))
    }
    nowMs += 1
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
