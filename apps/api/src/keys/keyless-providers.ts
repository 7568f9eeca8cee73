import type { KeptKey } from '@quotakeeper/db'
import type { KeyBook } from './take-key-report.js'

/** Gateways report each minute; older reports are outdated. */
export const freshReportMs = 180_000

/**
 * Providers for which no gateway has a key, with the variable to set, from the reports of the last minutes. Excludes
 * providers that no gateway reports, whose keys are unknown.
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
