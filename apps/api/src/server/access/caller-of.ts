import { createHash, timingSafeEqual } from 'node:crypto'
import type { Caller } from '../../router/context.js'
import type { AccessSettings } from '../../settings.js'

type Tokens = Pick<AccessSettings, 'apiToken' | 'adminToken'>

/**
 * Who sends this Authorization header. The admin's token is good for using, too. A token that is none of
 * ours is worth nothing, even where none is needed to use the API: its sender means to be somebody.
 */
export function callerOf(authorization: string | undefined, { apiToken, adminToken }: Tokens): Caller {
  const given = authorization === undefined ? null : bearerToken(authorization)
  const isAdmin = isSame(given, adminToken)
  const isUser = isSame(given, apiToken)
  const hasToken = isAdmin || isUser
  const isStranger = authorization !== undefined && !hasToken && (apiToken !== null || adminToken !== null)
  const mayUse = !isStranger && (apiToken === null || hasToken)
  const mayChange = mayUse && (adminToken === null || isAdmin)
  return { mayUse, mayChange, hasToken, actor: isAdmin ? 'admin' : 'api' }
}

function bearerToken(authorization: string): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? null
}

/** Compares digests in constant time, so that answering tells neither a token's beginning nor its length. */
function isSame(given: string | null, token: string | null): boolean {
  if (given === null || token === null) return false
  return timingSafeEqual(digest(given), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
