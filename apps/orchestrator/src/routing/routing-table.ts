import { type Environment, keyFingerprint } from '@quotakeeper/server-kit'
import { type EndpointName, type VendorFacts, vendorEndpoints, vendorFacts } from '@quotakeeper/vendors'
import { ConfiguredPrices } from '@quotakeeper/vendors/prices'
import type { RoutedProvider, Routing } from '../api/quota-api.js'
import { findBaseUrl, type OwnAddress } from '../keys/base-url.js'
import type { EnteredKey } from '../keys/entered-keys.js'
import { enteredKeyOf, type FoundKey, findKey, placedKey, variableOfKey } from '../keys/find-key.js'
import type { KeyFiles } from '../keys/key-files.js'

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
  /** The variable that holds it; null where none is needed. */
  readonly keyVariable: string | null
  /** Salted, for the API; null without a key, and where the API has no salt for it. */
  readonly keyFingerprint: string | null
  readonly enabled: boolean
  /** The pool whose quota it shares; null without one. */
  readonly pool: string | null
  /** The endpoints that it has, with their paths relative to its base URL. */
  readonly endpoints: ReadonlyMap<EndpointName, string>
  readonly facts: Pick<
    VendorFacts,
    | 'acceptsStreamOptions'
    | 'countsRefusals'
    | 'endpointKeyHeaders'
    | 'fullestEndpoint'
    | 'keyHeader'
    | 'takesNewerFields'
  >
}

/** A provider that cannot be called, and why. */
export interface MissingProvider {
  readonly name: string
  readonly vendor: string
  readonly models: readonly string[]
  /** Such as `GROQ_API_KEY_2 is not set`. */
  readonly reason: string
  /** Whether its vendor does not have the endpoint that a request is for; left out where that is not known. */
  readonly lacksEndpoint?: boolean
  /** The variable that holds its key, or is to; null where none is needed. */
  readonly keyVariable: string | null
  /** Of the key, where that is not what is missing; null otherwise. */
  readonly keyFingerprint: string | null
}

/** What calls are routed by. */
export interface RoutingTable {
  readonly strategy: Routing['strategy']
  readonly maxWaitMs: number
  readonly aliases: ReadonlyMap<string, readonly string[]>
  readonly ready: readonly ReadyProvider[]
  readonly missing: readonly MissingProvider[]
  /** Where end users of consumers are named. */
  readonly endUserFrom: Routing['endUserFrom']
  /** Those of the configuration. */
  readonly prices: ConfiguredPrices
  /** What fingerprints of keys are salted with; null where the API has none. */
  readonly keySalt: string | null
}

interface Surroundings {
  readonly environment: Environment
  readonly own: OwnAddress
  /** Keys that were entered over the API, by provider. */
  readonly entered: ReadonlyMap<string, EnteredKey>
  readonly keyFiles: Pick<KeyFiles, 'of'>
  /** Of fingerprints. */
  readonly salt: string | undefined
}

const unknownVendor = vendorFacts('custom')

/** Joins what the API knows of providers with the keys and addresses that are known here. */
export function buildRoutingTable(routing: Routing, surroundings: Omit<Surroundings, 'salt'>): RoutingTable {
  const ready: ReadyProvider[] = []
  const missing: MissingProvider[] = []
  for (const provider of routing.providers) {
    const { name, vendor, models } = provider
    const found = reach(provider, { ...surroundings, salt: routing.keySalt })
    if ('reason' in found) missing.push({ name, vendor, models, ...found })
    else ready.push(found)
  }
  const { strategy, maxWaitMs, aliases, endUserFrom, prices } = routing
  return {
    strategy,
    maxWaitMs,
    aliases: new Map(Object.entries(aliases)),
    endUserFrom,
    ready,
    missing,
    prices: new ConfiguredPrices(prices),
    keySalt: routing.keySalt || null,
  }
}

function reach(
  provider: RoutedProvider,
  surroundings: Surroundings,
): ReadyProvider | Pick<MissingProvider, 'reason' | 'keyVariable' | 'keyFingerprint'> {
  const { name, vendor, models, baseUrl, enabled, streamUsage, endpoints, pool } = provider
  const { environment, own, salt } = surroundings
  const { found, keyVariable } = keyOf(provider, surroundings)
  if (!found.found) return { reason: found.reason, keyVariable, keyFingerprint: null }
  const { key } = found
  // An API of the release before has none.
  const fingerprint = key === null || !salt ? null : keyFingerprint(key, salt)
  const named = { keyVariable, keyFingerprint: fingerprint }
  const address = findBaseUrl({ vendor, baseUrl, environment, own })
  if (!address.found) return { reason: address.reason, ...named }
  const facts = vendorFacts(vendor) ?? unknownVendor
  if (facts === undefined) return { reason: `unknown vendor ${vendor}`, ...named }
  const { origin, path, query } = address
  return {
    name,
    vendor,
    models,
    enabled,
    origin,
    basePath: path,
    query,
    key,
    ...named,
    pool: pool ?? null,
    endpoints: vendorEndpoints(vendor, endpoints),
    // Who has set the provider up knows better than a table.
    facts: { ...facts, acceptsStreamOptions: streamUsage ?? facts.acceptsStreamOptions },
  }
}

function keyOf(
  provider: RoutedProvider,
  { environment, entered, keyFiles }: Surroundings,
): { readonly found: FoundKey; readonly keyVariable: string | null } {
  const { apiKeyFile } = provider
  if (apiKeyFile !== undefined) return { found: keyFiles.of(apiKeyFile), keyVariable: null }
  const owner = { ...provider, fileNamesKey: provider.fileNamesKey ?? false }
  const enteredKey = enteredKeyOf(owner, entered)
  return enteredKey === null
    ? { found: findKey(owner, environment), keyVariable: variableOfKey(owner, environment) }
    : { found: placedKey(enteredKey, owner), keyVariable: null }
}
