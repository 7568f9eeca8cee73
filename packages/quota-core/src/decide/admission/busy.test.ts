import { describe, expect, it } from 'vitest'
import { memoryFixture } from '../../../tests/memory-fixture.js'
import { acquire, limit, record } from '../../contract/commands.js'
import { type OwnerGuide, usualKinds } from '../../domain/call-subjects.js'
import { providerRef, type SubjectRef } from '../../domain/subject.js'
import { concernedModels } from '../needs/concerned-models.js'
import { concernedSubjects } from '../needs/concerned-subjects.js'
import { openCandidates } from '../needs/open-candidates.js'
import { withoutBusy } from './busy.js'

const { answer, id, provider, stats } = memoryFixture()

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
