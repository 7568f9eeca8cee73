import type { QuotaService } from '@quotakeeper/quota-core'
import type { LiveEnvironment } from '@quotakeeper/server-kit'
import type { Logger } from 'pino'
import { channelsOfConfig } from '../alerts/channels-of-config.js'
import type { Delivery } from '../alerts/deliver-alerts.js'
import { applySamples } from '../config/apply-samples.js'
import type { ConfigInUse } from '../config/config-in-use.js'
import { sampleSetup } from '../config/sample-setup.js'

/**
 * Follows changes of `.env`: without a configuration file, a vendor whose first key is added there gets a provider, and
 * alerts go to the addresses that are there now. Settings wait for the next start.
 */
export function followEnvironment(
  environment: LiveEnvironment,
  target: {
    readonly inUse: ConfigInUse
    readonly delivery: Pick<Delivery, 'replace'>
    readonly service: QuotaService
    readonly log: Logger
  },
): { stop(): Promise<void> } {
  const { inUse, delivery, log } = target
  return environment.follow({
    isApplied: name => !name.startsWith('QUOTA_'),
    onChange: async () => {
      const now = environment.current()
      await inUse.withoutFile(() => applySamples(sampleSetup(now), target))
      await delivery.replace(channelsOfConfig(inUse.config, { environment: now, log }))
    },
    log,
  })
}
