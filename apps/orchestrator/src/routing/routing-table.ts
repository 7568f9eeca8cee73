import { type VendorFacts, vendorFacts } from '@quotakeeper/vendors'
import type { RoutedProvider, Routing } from '../api/quota-api.js'
import type { Environment } from '../env.js'
import { findBaseUrl, type OwnAddress } from '../keys/base-url.js'
import { findKey } from '../keys/find-key.js'
import { PriceList } from '../money/price-list.js'

/** A provider that can be called. */
export interface ReadyProvider {
  readonly name: string
  readonly vendor: string
  /** Globs of the models that it serves. */
  readonly models: readonly string[]
  readonly origin: string
  /** What precedes `/chat/completions`, without a final slash. */
  readonly basePath: string
  /** `?…`, or empty. */
  readonly query: string
  /** Null where none is needed. Secret: it goes to the vendor and nowhere else. */
  readonly key: string | null
  /** The pool whose quota it shares; null without one. */
  readonly pool: string | null
  readonly facts: Pick<VendorFacts, 'acceptsStreamOptions' | 'countsRefusals' | 'keyHeader'>
}

/** A provider that cannot be called, and why. */
export interface MissingProvider {
  readonly name: string
  readonly vendor: string
  readonly models: readonly string[]
  /** Such as `GROQ_API_KEY_2 is not set`. */
  readonly reason: string
}

/** What calls are routed by. */
export interface RoutingTable {
  readonly strategy: Routing['strategy']
  readonly maxWaitMs: number
  readonly aliases: ReadonlyMap<string, readonly string[]>
  readonly ready: readonly ReadyProvider[]
  readonly missing: readonly MissingProvider[]
  readonly prices: PriceList
}

const unknownVendor = vendorFacts('custom')

/** Joins what the API knows of providers with the keys and addresses that are known here. */
export function buildRoutingTable(
  routing: Routing,
  { environment, own }: { readonly environment: Environment; readonly own: OwnAddress },
): RoutingTable {
  const ready: ReadyProvider[] = []
  const missing: MissingProvider[] = []
  for (const provider of routing.providers) {
    const { name, vendor, models } = provider
    const found = reach(provider, environment, own)
    if ('reason' in found) missing.push({ name, vendor, models, reason: found.reason })
    else ready.push(found)
  }
  const { strategy, maxWaitMs, aliases, prices } = routing
  return {
    strategy,
    maxWaitMs,
    aliases: new Map(Object.entries(aliases)),
    ready,
    missing,
    prices: new PriceList(prices),
  }
}

function reach(
  { name, vendor, models, baseUrl, apiKeyEnv, streamUsage, pool }: RoutedProvider,
  environment: Environment,
  own: OwnAddress,
): ReadyProvider | { readonly reason: string } {
  const key = findKey({ name, vendor, apiKeyEnv }, environment)
  if (!key.found) return key
  const address = findBaseUrl({ vendor, baseUrl, environment, own })
  if (!address.found) return address
  const facts = vendorFacts(vendor) ?? unknownVendor
  if (facts === undefined) return { reason: `nothing is known of its vendor ${vendor}` }
  const { origin, path, query } = address
  return {
    name,
    vendor,
    models,
    origin,
    basePath: path,
    query,
    key: key.key,
    pool: pool ?? null,
    // Who has set the provider up knows better than a table.
    facts: { ...facts, acceptsStreamOptions: streamUsage ?? facts.acceptsStreamOptions },
  }
}
