import { knownVendor } from '../known-vendors.js'

/** Read of every vendor's answers: the wait it asks for, its clock, and the IETF's fields of limits. */
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
 * The response headers in which a vendor may tell of its quotas, in lower case: those of its table, and the
 * usual ones. `readSignals` reads no others, so that whoever passes an answer on needs to pass on no others.
 * A vendor that nothing is known of has those of `custom`.
 */
export function quotaHeaders(vendor: string): ReadonlySet<string> {
  const { facts, headers } = knownVendor(vendor)
  const known = byVendor.get(facts.name)
  if (known !== undefined) return known
  const names = new Set([
    ...usual,
    ...headers.flatMap(({ limit, remaining, reset }) => [limit, remaining, reset]),
  ])
  byVendor.set(facts.name, names)
  return names
}
