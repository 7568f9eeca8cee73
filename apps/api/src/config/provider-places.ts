import { type Metadata, matchesGlob, QuotaError } from '@quotakeeper/quota-core'
import { isMetadataHost, isThisMachine, vendorFacts } from '@quotakeeper/vendors'
import type { Config } from './config-schema.js'

/** Rules for the addresses and key variables of providers created over the API. */
export interface PlaceRules {
  /** Whether they may set addresses, and key variables of other vendors. */
  readonly isAllowed: boolean
  /** Further allowed variables; `*` matches anything. */
  readonly variables: readonly string[]
  /** Ports of this machine used by Quotakeeper itself. */
  readonly ownPorts: readonly number[]
}

/** The address and key settings of a provider. */
export interface ProviderPlace {
  readonly vendor: string
  readonly metadata: Metadata
}

/**
 * Refuses settings that would leak a key: a caller who may change providers over the API could otherwise send any
 * variable of the gateway to any address. The configuration file is not restricted.
 */
export class ProviderPlaces {
  readonly #rules: PlaceRules
  #configured: ReadonlySet<string>

  constructor(rules: PlaceRules, config: Config | null) {
    this.#rules = rules
    this.#configured = variablesIn(config)
  }

  /** Takes over which variables the configuration file names now. */
  applyFile(config: Config): void {
    this.#configured = variablesIn(config)
  }

  /**
   * @param before the current settings, which may stay; null for a new provider
   * @throws QuotaError INVALID_INPUT with the field and the remedy
   */
  check(wanted: ProviderPlace, before: ProviderPlace | null): void {
    const { baseUrl, apiKeyEnv } = wanted.metadata
    // The vendor also determines which key is sent.
    const stays = before !== null && before.vendor === wanted.vendor
    const isSame = (name: 'baseUrl' | 'apiKeyEnv'): boolean =>
      stays && before.metadata[name] === wanted.metadata[name] && before.metadata['baseUrl'] === baseUrl
    if (typeof baseUrl === 'string' && !isSame('baseUrl')) this.#checkAddress(baseUrl)
    if (typeof apiKeyEnv === 'string' && !isSame('apiKeyEnv')) this.#checkVariable(apiKeyEnv, wanted)
  }

  #checkAddress(baseUrl: string): void {
    if (!this.#rules.isAllowed) {
      throw refused(
        'baseUrl',
        'a base URL is accepted outside the configuration file only if there is an admin token: set QUOTA_ADMIN_TOKEN or QUOTA_API_PROVIDER_PLACES=true in .env, then start again, or set the base URL in quotakeeper.config.yaml',
      )
    }
    const { hostname, port, protocol } = new URL(baseUrl)
    if (isMetadataHost(hostname))
      throw refused('baseUrl', 'is link-local or a metadata service: not a vendor’s address')
    const number = Number(port || (protocol === 'https:' ? 443 : 80))
    if (isThisMachine(hostname) && this.#rules.ownPorts.includes(number))
      throw refused('baseUrl', `points to this server, which listens on port ${number}`)
  }

  #checkVariable(name: string, { vendor, metadata }: ProviderPlace): void {
    if (isOfVendor(name, vendor) && metadata['baseUrl'] === undefined) return
    const { isAllowed, variables } = this.#rules
    const isKnown =
      isOfVendor(name, vendor) ||
      this.#configured.has(name) ||
      variables.some(pattern => matchesGlob(pattern, name))
    if (isAllowed && isKnown) return
    throw refused(
      'apiKeyEnv',
      `${name} is not a key variable of ${vendor}: allow it in the configuration file or in QUOTA_API_KEY_VARIABLES${isAllowed ? '' : ' beside QUOTA_API_PROVIDER_PLACES=true'}`,
    )
  }
}

function variablesIn(config: Config | null): ReadonlySet<string> {
  return new Set((config?.providers ?? []).flatMap(({ apiKeyEnv }) => apiKeyEnv ?? []))
}

/** Whether it is a variable of the vendor's table, with or without a number: GROQ_API_KEY, GROQ_API_KEY_2. */
function isOfVendor(name: string, vendor: string): boolean {
  return (vendorFacts(vendor)?.apiKeyEnv ?? []).includes(name.replace(/_\d{1,3}$/, ''))
}

function refused(field: 'baseUrl' | 'apiKeyEnv', message: string): QuotaError {
  const path = `metadata.${field}`
  return new QuotaError('INVALID_INPUT', `${path}: ${message}`, { field: path })
}
