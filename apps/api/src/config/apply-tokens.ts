import type { AccessTokens, FileToken } from '@quotakeeper/db'
import type { Log } from '../log.js'
import type { KnownTokens } from '../tokens/known-tokens.js'
import type { Config } from './config-schema.js'

/** Where tokens of a file are applied. */
export interface TokenTarget {
  readonly tokenRows: Pick<AccessTokens, 'applyFile'>
  readonly tokens: Pick<KnownTokens, 'forget'>
  readonly log: Log
}

/**
 * Makes the tokens of a configuration file those that it manages: all or nothing. Those that it no longer names end.
 *
 * @throws QuotaError NAME_TAKEN if a token made over the API has one of the names, STORE_UNAVAILABLE; DatabaseFailure
 */
export async function applyFileTokens(
  config: Config,
  { tokenRows, tokens, log }: TokenTarget,
): Promise<void> {
  const stayRevoked = await tokenRows.applyFile(fileTokensOf(config))
  tokens.forget()
  if (stayRevoked.length === 0) return
  const text = 'tokens of the configuration file stay revoked, since that was done over the API: remove them'
  log.warn({ tokens: stayRevoked }, text)
}

/** The tokens of a configuration. */
export function fileTokensOf({ tokens = [] }: Config): readonly FileToken[] {
  return tokens.map(({ name, sha256, consumer = null, scopes, expiresAt = null }) => ({
    ...{ name, sha256, consumer, scopes },
    expiresAtMs: expiresAt,
  }))
}
