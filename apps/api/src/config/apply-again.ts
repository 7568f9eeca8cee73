import { type AccessTokens, nameOfApi } from '@quotakeeper/db'
import type { Environment } from '@quotakeeper/server-kit'
import { channelsOfConfig } from '../alerts/channels-of-config.js'
import type { Delivery } from '../alerts/deliver-alerts.js'
import type { PriceBook } from '../prices/price-book.js'
import type { RoutingBook } from '../routing/routing-book.js'
import type { Target } from './apply-change.js'
import { applyFileSetup } from './apply-setup.js'
import { applyFileTokens, fileTokensOf, type TokenTarget } from './apply-tokens.js'
import type { Config } from './config-schema.js'
import type { ProviderPlaces } from './provider-places.js'
import { pricesOfConfig, setupOfConfig } from './setup-of-config.js'

/** Where a changed file is applied. */
export interface AgainTarget extends Target, TokenTarget {
  readonly tokenRows: Pick<AccessTokens, 'applyFile' | 'takenNames'>
  readonly routing: Pick<RoutingBook, 'applyFile'>
  readonly prices: Pick<PriceBook, 'applyFile'>
  readonly places: Pick<ProviderPlaces, 'applyFile'>
  readonly delivery: Pick<Delivery, 'replace'>
  readonly environment: Environment
}

/**
 * Applies a changed file. Consumers come before tokens, so that no token is valid before the limits of its consumer are.
 * Token names are checked before anything is changed. What cannot fail comes last.
 *
 * @throws as {@link applyFileTokens} does; QuotaError INVALID_INPUT for errors that only the store can detect
 */
export async function applyAgain(config: Config, target: AgainTarget): Promise<void> {
  const [taken] = await target.tokenRows.takenNames(fileTokensOf(config))
  if (taken !== undefined) throw nameOfApi(taken)
  await applyFileSetup(setupOfConfig(config), target)
  await applyFileTokens(config, target)
  await target.routing.applyFile(config.routing ?? {})
  target.prices.applyFile(pricesOfConfig(config))
  target.places.applyFile(config)
  const { environment, log } = target
  await target.delivery.replace(channelsOfConfig(config, { environment, log }))
}
