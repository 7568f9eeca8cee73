import type { QuotaService } from '@quotakeeper/quota-core'
import type { LiveEnvironment } from '@quotakeeper/server-kit'
import type { Logger } from 'pino'
import { applySamples } from '../config/apply-samples.js'
import type { ConfigInUse } from '../config/config-in-use.js'
import type { ConfigFile } from '../config/configure.js'
import { sampleSetup } from '../config/sample-setup.js'

/**
 * Follows changes of `.env`: without a configuration file, a vendor whose first key is added there gets a provider.
 * Settings and addresses of alert receivers wait for the next start.
 */
export function followEnvironment(
  environment: LiveEnvironment,
  target: {
    /** That of the start. */
    readonly configFile: ConfigFile | null
    readonly inUse: ConfigInUse
    readonly service: QuotaService
    readonly log: Logger
  },
): { stop(): Promise<void> } {
  const { configFile, inUse } = target
  const receiverVariables = variablesIn(configFile?.config.alerts, configFile?.config.consumers)
  return environment.follow({
    isApplied: name => !name.startsWith('QUOTA_') && !receiverVariables.has(name),
    onChange: () => inUse.withoutFile(() => applySamples(sampleSetup(environment.current()), target)),
    log: target.log,
  })
}

/** The variables that settings of the configuration name. */
function variablesIn(...settings: readonly unknown[]): ReadonlySet<string> {
  const text = JSON.stringify(settings)
  return new Set(
    [...text.matchAll(/"(?:urlEnv|secretEnv|smtpUrlEnv)":"(\w+)"/g)].map(([, name]) => name ?? ''),
  )
}
