import { type AccessTokens, nameOfApi } from '@quotakeeper/db'
import type { RoutingBook } from '../routing/routing-book.js'
import type { Target } from './apply-change.js'
import { applyFileSetup } from './apply-setup.js'
import { applyFileTokens, fileTokensOf, type TokenTarget } from './apply-tokens.js'
import type { Config } from './config-schema.js'
import { setupOfConfig } from './setup-of-config.js'

/** Where a changed file is applied. */
export interface AgainTarget extends Target, TokenTarget {
  readonly tokenRows: Pick<AccessTokens, 'applyFile' | 'takenNames'>
  readonly routing: Pick<RoutingBook, 'applyFile'>
}

/** Settings of the file that are applied while running. */
export const appliedAgain = ['providers', 'pools', 'plans', 'consumers', 'tokens', 'routing'] as const

/**
 * Applies what can be changed while running: providers, pools, plans, consumers, tokens and routing. Consumers come before tokens, so
 * that no token is valid before the limits of its consumer are. Token names are checked before anything is changed.
 *
 * @throws as {@link applyFileTokens} does; QuotaError INVALID_INPUT for errors that only the store can detect
 */
export async function applyAgain(config: Config, target: AgainTarget): Promise<void> {
  const [taken] = await target.tokenRows.takenNames(fileTokensOf(config))
  if (taken !== undefined) throw nameOfApi(taken)
  await applyFileSetup(setupOfConfig(config), target)
  await applyFileTokens(config, target)
  await target.routing.applyFile(config.routing ?? {})
}
