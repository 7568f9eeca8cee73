import { describe, expect, it } from 'vitest'
import { limit, reserve, upsertProvider } from '../../contract/commands.js'
import type { Command } from '../../domain/command.js'
import { MemoryQuotaStore } from '../../memory/memory-quota-store.js'
import { QuotaService } from '../../service/quota-service.js'
import { rewindClock } from '../../service/rewind-clock.js'
import type { QuotaStore } from '../../store.js'

const hourMs = 3_600_000
const maxPending = 10_000
const maxSteps = 10_000

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

/** A store whose clock was an hour ahead while this many calls, still in flight, were reserved. */
async function aheadStore(pending: number): Promise<MemoryQuotaStore> {
  let nowMs = Date.UTC(2026, 10, 25, 12) + hourMs
  const store = new MemoryQuotaStore({ now: () => nowMs })
  await store.execute([upsertProvider('a', { vendor: 'v', limits: [limit({ max: 1_000_000 })] })])
  await store.execute(
    Array.from({ length: pending }, (_, number) => reserve(id(number), 'a', { ttlMs: 9 * hourMs })),
  )
  nowMs -= hourMs
  return store
}

describe('a rewind', () => {
  it('re-dates up to 10,000 calls in flight, and is refused with one more', async () => {
    const store = await aheadStore(maxPending + 1)
    const service = new QuotaService({ store })
    await expect(service.rewindClock('admin')).rejects.toMatchObject({
      code: 'IN_USE',
      message: expect.stringContaining('more than 10000 calls in flight'),
    })
    expect(await service.aheadOfClock()).toHaveLength(1)
    await service.release(id(7))
    expect(await service.rewindClock('admin')).toMatchObject([
      { kind: 'provider', name: 'a', aheadMs: hourMs },
    ])
    expect(await service.aheadOfClock()).toEqual([])
    expect((await service.standing('a')).limits[0]).toMatchObject({ held: maxPending })
  })

  it('gives up after 10,000 steps if rows dated ahead remain', async () => {
    const store = await aheadStore(1)
    let steps = 0
    const endless: Pick<QuotaStore, 'read' | 'execute'> = {
      read: store.read.bind(store),
      // As with calls dated ahead faster than steps re-date them.
      execute: async (commands: readonly Command[]) => {
        steps += commands.length
        return commands.map(() => ({ ok: true, answer: { isDone: false, missing: [], rewound: [] } }))
      },
    }
    const asked = { providerNames: null, actor: 'admin', newId: () => id(steps) }
    await expect(rewindClock(endless, asked)).rejects.toThrow('after 10000 steps some records are still')
    expect(steps).toBe(maxSteps)
  })
})
