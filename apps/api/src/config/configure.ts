import { existsSync } from 'node:fs'
import type { QuotaService } from '@quotakeeper/quota-core'
import type { Environment } from '@quotakeeper/server-kit'
import type { Log } from '../log.js'
import { applySamples } from './apply-samples.js'
import { applyFileSetup } from './apply-setup.js'
import type { Config } from './config-schema.js'
import { readConfigFile } from './read-config-file.js'
import { defaultRouting, type RoutingSettings } from './routing-settings.js'
import { sampleSetup } from './sample-setup.js'
import { routingOfConfig, setupOfConfig } from './setup-of-config.js'

const defaultFile = 'quotakeeper.config.yaml'

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

/**
 * Applies the configuration, or the samples without one. Returns the routing settings.
 * @throws QuotaError STORE_UNAVAILABLE
 */
export async function configure(
  file: ConfigFile | null,
  target: { readonly service: QuotaService; readonly log: Log & InfoLog; readonly environment: Environment },
): Promise<RoutingSettings> {
  const { log, environment } = target
  if (file === null) {
    await applySamples(sampleSetup(environment), target)
    const text = `no configuration (${defaultFile}): sample providers are used, whose limits are not those of your keys`
    log.info({}, text)
    return defaultRouting
  }
  const { path, config } = file
  await applyFileSetup(setupOfConfig(config), target)
  const { providers = [], pools = [] } = config
  log.info({ path, providers: providers.length, pools: pools.length }, 'configuration applied')
  warnOfUnpriced(config, { path, log })
  return routingOfConfig(config)
}

/** Warns of limits on cost without prices, which count nothing unless the vendor reports costs. */
function warnOfUnpriced(
  { providers = [], pools = [], prices = {} }: Config,
  { path, log }: { readonly path: string; readonly log: Log },
): void {
  if (Object.keys(prices).length > 0) return
  const limited = [...providers, ...pools].filter(({ limits = [] }) =>
    limits.some(({ metric }) => metric === 'cost'),
  )
  if (limited.length === 0) return
  const names = limited.map(({ name }) => name)
  const text = 'there are limits on cost but no prices: only costs that vendors report are counted'
  log.warn({ path, names }, text)
}

/** The part of a logger for information. */
interface InfoLog {
  info(details: object, text: string): void
}
