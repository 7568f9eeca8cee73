import type { KeptKey } from '@quotakeeper/db'
import type { KeyBook } from './take-key-report.js'

/** Gateways report each minute: what is older says nothing of now. */
export const freshReportMs = 180_000

/**
 * Providers that no gateway has a key for, with the variable to set, by reports of the last minutes. What nobody
 * reports of is left out: it is not known.
 * @throws QuotaError STORE_UNAVAILABLE
 */
export async function keylessProviders(
  book: Pick<KeyBook, 'list'>,
  providerNames: readonly string[] | null,
): Promise<ReadonlyMap<string, string | null>> {
  const reported = await book.list(providerNames, freshReportMs)
  const keyless = new Map<string, string | null>()
  for (const { providerName, variable, reason } of reported)
    if (reason !== null) keyless.set(providerName, variable)
  for (const key of reported) if (isCallable(key)) keyless.delete(key.providerName)
  return keyless
}

function isCallable({ reason }: KeptKey): boolean {
  return reason === null
}
