import { describe, expect, it } from 'vitest'
import { memoryFixture } from '../../../tests/memory-fixture.js'
import { acquire, limit, observe, record, reserve } from '../../contract/commands.js'

const hourMs = 3_600_000

const { answer, clock, id, provider } = memoryFixture()

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
    const refusal = {
      scope: 'provider',
      model: 'y',
      kind: 'unknown_model',
      untilMs: clock.nowMs + hourMs,
    } as const
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
