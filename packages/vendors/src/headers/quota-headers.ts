import { knownVendor } from '../known-vendors.js'

/** Read from every vendor's answers: the requested wait, the vendor's clock, and the IETF fields of limits. */
const usual: readonly string[] = [
  'retry-after',
  'retry-after-ms',
  'date',
  'ratelimit',
  'ratelimit-policy',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
]

const byVendor = new Map<string, ReadonlySet<string>>()

/**
 * The response headers in which a vendor may report its quotas, in lower case: those of its table, and the common ones.
 * `readSignals` reads no others, so it suffices to pass these on. An unknown vendor has those of `custom`.
 */
export function quotaHeaders(vendor: string): ReadonlySet<string> {
  const { facts, headers, spentWindows = [] } = knownVendor(vendor)
  const known = byVendor.get(facts.name)
  if (known !== undefined) return known
  const names = new Set([
    ...usual,
    ...headers.flatMap(({ limit, remaining, reset }) => [limit, remaining, reset]),
    ...spentWindows.flatMap(({ state, resets }) => [state, ...resets]),
  ])
  byVendor.set(facts.name, names)
  return names
}
