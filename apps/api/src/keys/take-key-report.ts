import type { GatewayKeys, KeptKey } from '@quotakeeper/db'
import { QuotaError, type QuotaService } from '@quotakeeper/quota-core'
import type { KeyInput, KeyReport } from './key-report-input.js'

/**
 * How often the key of a provider ends the refusal of another without anything new, in milliseconds. Two gateways
 * with unlike keys for one provider, of which one is refused, send it one wrong call in this time, rather than one
 * after each right one.
 */
const againMs = 120_000

/** Where reports are kept. */
export type KeyBook = Pick<GatewayKeys, 'report' | 'of' | 'list'>

/** What a gateway is to know after its report. */
export interface TakenReport {
  /** Providers whose present key is refused, or was not tried since another was: worth a question to their vendors. */
  readonly doubtful: readonly string[]
}

/**
 * Takes what a gateway reports of its keys. Where a key is another than the one that was refused, the refusal
 * ends; then the report is kept. In this order: what breaks off in between is done again with the next report.
 * @throws QuotaError STORE_UNAVAILABLE
 */
export async function takeKeyReport(
  { service, keys: book }: { readonly service: QuotaService; readonly keys: KeyBook },
  { gateway, keys }: KeyReport,
): Promise<TakenReport> {
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
    // Once for each start of a gateway: asking again and again would tell nothing new.
    if (retry.changed || (key.isNew && retry.refused)) doubtful.push(key.providerName)
  }
  await book.report(
    gateway,
    keys.map(({ isNew: _, ...key }) => key),
    retried,
  )
  return { doubtful }
}

/** Null where there is nothing to try. */
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
    // Removed a moment ago: there is nothing to call any more.
    if (error instanceof QuotaError && error.code === 'UNKNOWN_PROVIDER') return null
    throw error
  }
}

function mayRetryAgain(kept: readonly KeptKey[]): boolean {
  return kept.every(({ retriedAt }) => retriedAt === null || Date.now() - Date.parse(retriedAt) >= againMs)
}
