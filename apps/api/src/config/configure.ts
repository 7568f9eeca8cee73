import { existsSync } from 'node:fs'
import type { QuotaService } from '@quotakeeper/quota-core'
import type { Environment } from '@quotakeeper/server-kit'
import { vendorFacts } from '@quotakeeper/vendors'
import type { Log } from '../log.js'
import { applySamples } from './apply-samples.js'
import { applyFileSetup } from './apply-setup.js'
import type { Config, PoolConfig, ProviderConfig } from './config-schema.js'
import { readConfigFile } from './read-config-file.js'
import { sampleSetup } from './sample-setup.js'
import { setupOfConfig } from './setup-of-config.js'

/** Read if no other file is set, and if it exists: also one that is created later. */
export const defaultFile = 'quotakeeper.config.yaml'

/** A configuration file that was read. */
export interface ConfigFile {
  /** The path as given. */
  readonly path: string
  readonly config: Config
}

/**
 * Reads the configuration file: the given one, or the default one if it exists.
 * @returns null if there is none
 * @throws StartupError for a given file that is missing, or an invalid one
 */
export function findConfig(configPath: string | null): ConfigFile | null {
  const path = configPath ?? (existsSync(defaultFile) ? defaultFile : null)
  return path === null ? null : { path, config: readConfigFile(path) }
}

/** Applies the configuration, or the samples without one. @throws QuotaError STORE_UNAVAILABLE */
export async function configure(
  file: ConfigFile | null,
  target: { readonly service: QuotaService; readonly log: Log & InfoLog; readonly environment: Environment },
): Promise<void> {
  const { log, environment } = target
  if (file === null) {
    if (!(await applySamples(sampleSetup(environment), target))) return
    const text = `no configuration (${defaultFile}): sample providers are used, whose limits are not those of your keys`
    log.info({}, text)
    return
  }
  const { path, config } = file
  await applyFileSetup(setupOfConfig(config), target)
  const { providers = [], pools = [] } = config
  log.info({ path, providers: providers.length, pools: pools.length }, 'configuration applied')
  warnOfUnpriced(config, { path, log })
}

/** Warns of limits on cost at vendors without prices: such a limit denies their calls. */
function warnOfUnpriced(
  { providers = [], pools = [], prices = {} }: Config,
  { path, log }: { readonly path: string; readonly log: Log },
): void {
  const limitedPools = new Set(pools.filter(hasLimitOnCost).map(({ name }) => name))
  const isLimited = (provider: ProviderConfig): boolean =>
    hasLimitOnCost(provider) || (provider.pool !== undefined && limitedPools.has(provider.pool))
  const patterns = Object.keys(prices)
  const unpriced = providers.filter(isLimited).filter(({ vendor }) => !mayBePriced(vendor, patterns))
  if (unpriced.length === 0) return
  const vendors = [...new Set(unpriced.map(({ vendor }) => vendor))]
  const text =
    'there are limits on cost, but no prices for these vendors: their calls are denied until prices are set'
  log.warn({ path, vendors, names: unpriced.map(({ name }) => name) }, text)
}

function hasLimitOnCost({ limits = [] }: PoolConfig): boolean {
  return limits.some(({ metric, mode, max }) => metric === 'cost' && mode === 'enforce' && max !== null)
}

function mayBePriced(vendor: string, patterns: readonly string[]): boolean {
  const isInTable = (vendorFacts(vendor)?.priceTable ?? null) !== null
  return isInTable || patterns.some(pattern => pattern.startsWith('*') || pattern.startsWith(`${vendor}/`))
}

/** The part of a logger for information. */
interface InfoLog {
  info(details: object, text: string): void
}
