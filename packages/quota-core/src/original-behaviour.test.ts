import { beforeEach, describe, expect, it } from 'vitest'
import { MemoryQuotaStore } from './memory/memory-quota-store.js'
import { QuotaTracker } from './tracker/quota-tracker.js'

/**
 * The behaviour of the original service: daily characters for each provider's key, alerts at 80 and 90 %, disabled at
 * 100 %.
 */
describe('original behaviour', () => {
  const groqMax = 14_400
  const huggingfaceMax = 30_000
  let nowMs: number
  let store: MemoryQuotaStore
  let tracker: QuotaTracker

  beforeEach(async () => {
    nowMs = Date.UTC(2026, 10, 25, 12)
    store = new MemoryQuotaStore({ now: () => nowMs })
    tracker = new QuotaTracker({ store })
    for (const name of ['groq_1', 'groq_2', 'groq_3', 'huggingface_1', 'huggingface_2']) {
      const vendor = name.startsWith('groq') ? 'groq' : 'huggingface'
      const max = vendor === 'groq' ? groqMax : huggingfaceMax
      await tracker.upsertProvider({ name, vendor, limits: [{ metric: 'characters', window: 'day', max }] })
    }
  })

  async function alerts(name: string): Promise<readonly (readonly [number, string])[]> {
    const subject = { subjectKind: 'provider', subjectName: name } as const
    const { rows } = await store.read({
      type: 'alerts',
      ...subject,
      severity: null,
      cursor: null,
      pageSize: 100,
    })
    return [...rows].reverse().map(alert => [alert.thresholdPercent, alert.severity] as const)
  }

  describe('recording usage', () => {
    it('creates the record of a new day', async () => {
      const stats = await tracker.recordUsage('groq_1', { characterCount: 1_000 })
      expect(stats).toMatchObject({
        providerName: 'groq_1',
        date: '2026-11-25',
        requestCount: 1,
        characterCount: 1_000,
        quotaLimit: 14_400,
        status: 'available',
      })
    })

    it('adds to the record of the day', async () => {
      await tracker.recordUsage('groq_1', { characterCount: 1_000 })
      const stats = await tracker.recordUsage('groq_1', { characterCount: 500 })
      expect(stats).toMatchObject({ requestCount: 2, characterCount: 1_500 })
    })

    it('counts a request of zero characters', async () => {
      const stats = await tracker.recordUsage('groq_1', { characterCount: 0 })
      expect(stats).toMatchObject({ requestCount: 1, characterCount: 0, remainingPercentage: 1 })
    })

    it('refuses negative characters, and counts nothing', async () => {
      await expect(tracker.recordUsage('groq_1', { characterCount: -100 })).rejects.toMatchObject({
        name: 'QuotaError',
        code: 'INVALID_INPUT',
        field: 'characterCount',
      })
      expect(await tracker.getUsageStats('groq_1')).toMatchObject({ requestCount: 0, characterCount: 0 })
    })

    it('refuses an unknown provider', async () => {
      const unknown = { code: 'UNKNOWN_PROVIDER', field: 'providerName' }
      await expect(tracker.recordUsage('unknown_1', { characterCount: 1 })).rejects.toMatchObject(unknown)
      await expect(tracker.getUsageStats('unknown_1')).rejects.toMatchObject(unknown)
      await expect(tracker.getRemainingPercentage('unknown_1')).rejects.toMatchObject(unknown)
      await expect(tracker.isProviderAvailable('unknown_1')).rejects.toMatchObject(unknown)
      await expect(tracker.resetDailyUsage('unknown_1')).rejects.toMatchObject(unknown)
    })
  })

  describe('remaining quota', () => {
    it.each([
      ['no usage', 0, 1],
      ['partial usage', 1_000, 13_400 / 14_400],
      ['half', 7_200, 0.5],
      ['full usage', 14_400, 0],
      ['usage over quota, never negative', 20_000, 0],
    ])('of %s', async (_, characterCount, remaining) => {
      if (characterCount > 0) await tracker.recordUsage('groq_1', { characterCount })
      expect(await tracker.getRemainingPercentage('groq_1')).toBe(remaining)
    })

    it('is an unrounded fraction', async () => {
      await tracker.recordUsage('groq_1', { characterCount: 1_000 })
      expect(await tracker.getRemainingPercentage('groq_1')).toBeCloseTo(0.930_555_555, 8)
    })
  })

  describe('availability', () => {
    it.each([
      [0, true],
      [14_399, true],
      [14_400, false],
      [14_401, false],
    ])('after %i characters: %s', async (characterCount, available) => {
      await tracker.recordUsage('groq_1', { characterCount })
      expect(await tracker.isProviderAvailable('groq_1')).toBe(available)
    })

    it('returns with the new day', async () => {
      await tracker.recordUsage('groq_1', { characterCount: 14_400 })
      expect((await tracker.getUsageStats('groq_1')).availableAt).toBe('2026-11-26T00:00:00.000Z')
      nowMs = Date.UTC(2026, 10, 26)
      expect(await tracker.isProviderAvailable('groq_1')).toBe(true)
      expect(await tracker.getUsageStats('groq_1')).toMatchObject({ date: '2026-11-26', characterCount: 0 })
    })
  })

  describe('stats', () => {
    it.each([
      ['of no usage', 0, 'available', null],
      ['of some usage', 5_000, 'available', null],
      ['just below the warning', 11_519, 'available', null],
      ['at the warning', 11_520, 'warning', null],
      ['when critical', 12_960, 'critical', null],
      ['when disabled', 14_400, 'disabled', 'quota'],
    ] as const)('%s', async (_, characterCount, status, disabledBy) => {
      if (characterCount > 0) await tracker.recordUsage('groq_1', { characterCount })
      expect(await tracker.getUsageStats('groq_1')).toMatchObject({
        characterCount,
        quotaLimit: groqMax,
        status,
        disabledBy,
        available: disabledBy === null,
      })
    })

    it('of all providers, with a total capacity of 103,200 characters a day', async () => {
      await tracker.recordUsage('groq_1', { characterCount: 14_400 })
      await tracker.recordUsage('huggingface_1', { characterCount: 600 })
      const { providers, totals } = await tracker.getAllProviderStats()
      expect(providers.map(stats => [stats.providerName, stats.characterCount, stats.status])).toEqual([
        ['groq_1', 14_400, 'disabled'],
        ['groq_2', 0, 'available'],
        ['groq_3', 0, 'available'],
        ['huggingface_1', 600, 'available'],
        ['huggingface_2', 0, 'available'],
      ])
      expect(totals).toEqual([
        { metric: 'characters', window: 'day', max: 103_200, used: 15_000, remaining: 88_200 },
      ])
    })
  })

  it('providers are independent of each other', async () => {
    await tracker.recordUsage('groq_1', { characterCount: 14_400 })
    expect(await tracker.isProviderAvailable('groq_1')).toBe(false)
    for (const name of ['groq_2', 'huggingface_1']) {
      expect(await tracker.isProviderAvailable(name)).toBe(true)
      expect(await tracker.getRemainingPercentage(name)).toBe(1)
    }
  })

  describe('reset', () => {
    beforeEach(async () => {
      for (const name of ['groq_1', 'groq_2']) await tracker.recordUsage(name, { characterCount: 14_400 })
    })

    it('of one provider', async () => {
      const [stats] = await tracker.resetDailyUsage('groq_1')
      expect(stats).toMatchObject({
        providerName: 'groq_1',
        characterCount: 0,
        requestCount: 0,
        available: true,
      })
      expect(await tracker.isProviderAvailable('groq_2')).toBe(false)
    })

    it('of all providers', async () => {
      expect(await tracker.resetDailyUsage()).toHaveLength(5)
      const { providers, totals } = await tracker.getAllProviderStats()
      expect(providers.every(stats => stats.available && stats.characterCount === 0)).toBe(true)
      expect(totals[0]).toMatchObject({ used: 0, remaining: 103_200 })
    })
  })

  describe('alerts', () => {
    it('at 80, 90 and 100 %, once each', async () => {
      await tracker.recordUsage('groq_1', { characterCount: 11_519 })
      expect(await alerts('groq_1')).toEqual([])
      for (const characterCount of [1, 100, 1_340, 100, 1_340, 100]) {
        await tracker.recordUsage('groq_1', { characterCount })
      }
      expect(await alerts('groq_1')).toEqual([
        [80, 'warning'],
        [90, 'critical'],
        [100, 'error'],
      ])
      expect(await alerts('groq_2')).toEqual([])
    })

    it('all three for one call that uses everything, which disables the key', async () => {
      await tracker.recordUsage('groq_1', { characterCount: 15_000 })
      expect((await alerts('groq_1')).map(([percent]) => percent)).toEqual([80, 90, 100])
      expect(await tracker.isProviderAvailable('groq_1')).toBe(false)
    })

    it('again on the next day', async () => {
      await tracker.recordUsage('groq_1', { characterCount: 12_000 })
      nowMs += 86_400_000
      await tracker.recordUsage('groq_1', { characterCount: 12_000 })
      expect((await alerts('groq_1')).map(([percent]) => percent)).toEqual([80, 80])
    })
  })
})
