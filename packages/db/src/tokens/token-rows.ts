import type { AccessToken, Scope } from '@quotakeeper/quota-core'
import type { Row } from '../database/database.js'
import { msOf, readMs } from '../store/statements/rows.js'

/** A token as it is stored. */
export interface KeptToken extends AccessToken {
  readonly id: string
  /** Of its secret, in 64 lower-case hexadecimal digits. */
  readonly sha256: string
  readonly managedBy: 'file' | 'api'
  /** `file` if it is no longer in the configuration file; null if it is not revoked. */
  readonly revokedBy: 'file' | 'api' | null
  readonly createdAtMs: number
  /** To the minute; null if it has not been used. */
  readonly lastUsedAtMs: number | null
}

/** The columns of a token, as {@link readToken} takes them. */
export const tokenColumns: string = [
  'id, name, sha256, consumer, scopes, managed_by, revoked_by',
  ...['created_at', 'expires_at', 'revoked_at', 'last_used_at'].map(msOf),
].join(', ')

export function readToken(row: Row): KeptToken {
  return {
    id: String(row['id']),
    name: String(row['name']),
    sha256: String(row['sha256']),
    consumer: row['consumer'] === '' ? null : String(row['consumer']),
    // Columns that only this package writes, from values of these very types.
    scopes: row['scopes'] as readonly Scope[],
    managedBy: row['managed_by'] as KeptToken['managedBy'],
    revokedBy: row['revoked_by'] as KeptToken['revokedBy'],
    createdAtMs: Number(row['created_at_ms']),
    expiresAtMs: readMs(row['expires_at_ms']),
    revokedAtMs: readMs(row['revoked_at_ms']),
    lastUsedAtMs: readMs(row['last_used_at_ms']),
  }
}
