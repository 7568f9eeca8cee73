import { setTimeout as pause } from 'node:timers/promises'
import type { LiveEnvironment } from '@quotakeeper/server-kit'
import type { Logger } from 'pino'
import type { RoutingSource } from '../routing/routing-source.js'

/** Without a configuration, the API makes a provider for a new vendor's key within this time. */
const apiFollowsMs = 2_000

/** Uses keys and addresses of vendors that are changed in `.env` while running; settings wait for the next start. */
export function followEnvironment(
  environment: LiveEnvironment,
  routing: Pick<RoutingSource, 'rebuild' | 'refresh'>,
  log: Logger,
): { stop(): Promise<void> } {
  const refreshLater = async (): Promise<void> => {
    await pause(apiFollowsMs, undefined, { ref: false })
    await routing.refresh()
  }
  return environment.follow({
    isApplied: name => !name.startsWith('QUOTA_'),
    onChange: () => {
      routing.rebuild()
      refreshLater().catch((error: unknown) => {
        log.warn({ err: error }, 'reading the routing configuration failed: new providers are used later')
      })
    },
    log,
  })
}
