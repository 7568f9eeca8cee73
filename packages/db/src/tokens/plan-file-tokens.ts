import type { Scope } from '@quotakeeper/quota-core'
import type { KeptToken } from './token-rows.js'

/** A token of the configuration file. */
export interface FileToken {
  readonly name: string
  readonly sha256: string
  readonly consumer: string | null
  readonly scopes: readonly Scope[]
  /** Null if it does not expire. */
  readonly expiresAtMs: number | null
}

/** What a file changes in the stored tokens. */
export interface FileTokenPlan {
  /** Names that belong to tokens made over the API: nothing is to be changed then. */
  readonly taken: readonly string[]
  /** Tokens of earlier files that are not in this one. */
  readonly dropped: readonly KeptToken[]
  /** To be inserted, or changed to this. */
  readonly written: readonly FileToken[]
  /** Of the written ones, the stored tokens that get another name. */
  readonly renamed: readonly KeptToken[]
  /** Tokens that stay revoked, since that was done over the API, although they are in the file. */
  readonly stayRevoked: readonly string[]
}

/**
 * Compares a file with what is stored. A token is the same one if its secret is. One that was revoked over the API stays
 * so: a leaked secret must not return with the next start. One that was dropped from the file returns with its line.
 *
 * @param stored tokens of files, and all with a hash or, if not revoked, with a name of the file
 */
export function planFileTokens(
  lines: readonly FileToken[],
  stored: readonly KeptToken[],
  nowMs: number,
): FileTokenPlan {
  const bySha256 = new Map(stored.map(token => [token.sha256, token]))
  const inFile = new Set(lines.map(({ sha256 }) => sha256))
  const names = new Set(lines.map(({ name }) => name))
  const others = stored.filter(({ sha256 }) => !inFile.has(sha256))
  const written = lines.filter(line => differs(line, bySha256.get(line.sha256)))
  return {
    taken: others
      .filter(({ managedBy, revokedAtMs }) => managedBy === 'api' && revokedAtMs === null)
      .map(({ name }) => name)
      .filter(name => names.has(name)),
    dropped: others.filter(
      ({ managedBy, revokedAtMs }) => managedBy === 'file' && (revokedAtMs === null || revokedAtMs > nowMs),
    ),
    written,
    renamed: written.flatMap(({ sha256, name }) => {
      const before = bySha256.get(sha256)
      return before === undefined || before.name === name ? [] : [before]
    }),
    stayRevoked: lines
      .filter(({ sha256 }) => bySha256.get(sha256)?.revokedBy === 'api')
      .map(({ name }) => name),
  }
}

function differs(line: FileToken, before: KeptToken | undefined): boolean {
  if (before === undefined || before.managedBy !== 'file' || before.revokedBy === 'file') return true
  return (
    before.name !== line.name ||
    before.consumer !== line.consumer ||
    before.expiresAtMs !== line.expiresAtMs ||
    before.scopes.join() !== line.scopes.join()
  )
}
