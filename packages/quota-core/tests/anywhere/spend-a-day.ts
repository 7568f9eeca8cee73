import { MemoryQuotaStore, QuotaTracker, reasonText, statusOf, uuidV7 } from '../../src/index.js'

const noon = Date.UTC(2026, 10, 28, 12)

/** Spends a key's daily quota and returns the results, which must be equal on every platform. */
export async function spendADay(): Promise<readonly unknown[]> {
  const tracker = new QuotaTracker({ store: new MemoryQuotaStore({ now: () => noon }) })
  await tracker.upsertProvider({
    name: 'groq_1',
    vendor: 'groq',
    timeZone: 'America/Los_Angeles',
    limits: [
      { metric: 'characters', window: 'day', max: 14_400 },
      { metric: 'requests', window: 'rolling-60s', max: 2, model: 'llama-*', per: 'model' },
    ],
  })
  await tracker.recordUsage('groq_1', { characterCount: 1_000 })
  const wanted = { providerName: 'groq_1', model: 'llama-3', characterCount: 12_000 }
  const id = uuidV7(noon)
  const granted = await tracker.reserve({ ...wanted, id })
  const repeated = await tracker.reserve({ ...wanted, id })
  const changed = await tracker.reserve({ ...wanted, id, characterCount: 1 }).catch(error => error.code)
  await tracker.commit({ reservationId: id, characterCount: 11_960 })
  const denied = await tracker.acquire({
    candidates: [{ providerName: 'groq_1' }],
    characterCount: 12_000,
    model: 'llama-3',
  })
  const stats = await tracker.getUsageStats('groq_1')
  return [
    granted.decision,
    repeated.decision,
    changed,
    denied.decision === 'denied' ? denied.reasons.map(reason => reasonText(reason)) : denied,
    stats.characterCount,
    stats.status,
    statusOf(stats.characterCount, 14_400),
    await tracker.getRemainingPercentage('groq_1'),
  ]
}
