import type { GatewayKeys, KeptKey } from '@quotakeeper/db'
import { QuotaError, type QuotaService } from '@quotakeeper/quota-core'
import { adoptSamples } from './adopt-samples.js'
import type { KeyInput, KeyReport } from './key-report-input.js'

/**
 * Shortest interval at which a known key of a provider ends the refusal of another key. Two gateways with different
 * keys for one provider, one of them refused, then send one failing call in this time instead of one after each
 * success.
 */
const againMs = 120_000

/** Storage of reports. */
export type KeyBook = Pick<GatewayKeys, 'report' | 'of' | 'list'>

/** The answer to a gateway's report. */
export interface TakenReport {
  /**
   * Providers whose current key is refused, or was not tried since another was refused; the gateway should check them
   * at their vendors.
   */
  readonly doubtful: readonly string[]
}

/**
 * Stores a gateway's key report. If a key differs from the refused one, ends the refusal first and stores the report
 * afterwards, so that the next report repeats an interrupted update.
 * @throws QuotaError STORE_UNAVAILABLE
 */
export async function takeKeyReport(
  {
    service,
    keys: book,
    log,
  }: {
    readonly service: QuotaService
    readonly keys: KeyBook
    readonly log: { info(details: object, text: string): void }
  },
  { gateway, keys }: KeyReport,
): Promise<TakenReport> {
  await adoptSamples(service, keys, log)
  const refused = await service.refusedKeys(keys.map(({ providerName }) => providerName))
  const ofRefused = keys.filter(({ providerName }) => refused.has(providerName))
  const before = ofRefused.length === 0 ? [] : await book.list([...refused], null)
  const retried = new Set<string>()
  const doubtful: string[] = []
  for (const key of ofRefused) {
    const kept = before.filter(({ providerName }) => providerName === key.providerName)
    const retry = await retryKey(service, key, { gateway, kept })
    if (retry === null) continue
    if (retry.changed) retried.add(key.providerName)
    // Once per start of a gateway: repeated checks would add nothing.
    if (retry.changed || (key.isNew && retry.refused)) doubtful.push(key.providerName)
  }
  await book.report(
    gateway,
    keys.map(({ isNew: _, ...key }) => key),
    retried,
  )
  return { doubtful }
}

/** Null if there is nothing to retry. */
async function retryKey(
  service: QuotaService,
  { providerName, fingerprint, isNew }: KeyInput,
  { gateway, kept }: { readonly gateway: string; readonly kept: readonly KeptKey[] },
) {
  if (fingerprint === null || !(isNew || mayRetryAgain(kept))) return null
  const own = kept.find(key => key.gateway === gateway)
  const isOtherThanUnknown = own?.fingerprint !== fingerprint
  try {
    return await service.retryKey({ name: providerName, keyFingerprint: fingerprint, isOtherThanUnknown })
  } catch (error) {
    // The provider was just removed.
    if (error instanceof QuotaError && error.code === 'UNKNOWN_PROVIDER') return null
    throw error
  }
}

function mayRetryAgain(kept: readonly KeptKey[]): boolean {
  return kept.every(({ retriedAt }) => retriedAt === null || Date.now() - Date.parse(retriedAt) >= againMs)
}
