import { createHmac } from 'node:crypto'
import type { AccessSettings } from '../../settings.js'
import { isSameSecret } from './same-secret.js'

type Tokens = Pick<AccessSettings, 'apiToken' | 'adminToken'>
export type Role = 'api' | 'admin'

/** What of a request tells its session. */
export interface SessionRequest {
  readonly method: string
  readonly headers: {
    readonly cookie?: string | undefined
    readonly host?: string | undefined
    readonly origin?: string | undefined
  }
}

const cookieName = 'quotakeeper_session'
const lifetimeSeconds = 7 * 86_400

/**
 * The cookie of a session: its role and its end, signed by the role's token. Nothing is stored, so it holds on
 * every replica and over restarts, until the token changes. It does not hold the token, and neither scripts of the
 * page nor pages of other sites can send or read it.
 */
export function sessionCookie(
  role: Role,
  token: string,
  { nowMs, isSecure }: { readonly nowMs: number; readonly isSecure: boolean },
): string {
  const endsAtSeconds = Math.floor(nowMs / 1_000) + lifetimeSeconds
  const value = `${role}.${endsAtSeconds}.${signature(role, endsAtSeconds, token)}`
  return `${cookieName}=${value}; Max-Age=${lifetimeSeconds}; ${attributes(isSecure)}`
}

/** The cookie that ends a session. */
export function endedSessionCookie(isSecure: boolean): string {
  return `${cookieName}=; Max-Age=0; ${attributes(isSecure)}`
}

/**
 * Whose session the request is in; null for none, and for one that has ended or was signed by another token. A
 * request that may change something must come from a page of this very origin: another port of the same host is
 * another program, to which browsers send the cookie all the same.
 */
export function sessionOf({ method, headers }: SessionRequest, tokens: Tokens, nowMs: number): Role | null {
  const value = cookieValue(headers.cookie)
  if (value === null) return null
  if (method !== 'GET' && method !== 'HEAD' && !isSameOrigin(headers.origin, headers.host)) return null
  const [, role, endsAt, signed] = /^(api|admin)\.(\d{1,12})\.([\w-]+)$/.exec(value) ?? []
  if (role !== 'api' && role !== 'admin') return null
  const token = role === 'admin' ? tokens.adminToken : tokens.apiToken
  const endsAtSeconds = Number(endsAt)
  if (token === null || signed === undefined || nowMs >= endsAtSeconds * 1_000) return null
  return isSameSecret(signed, signature(role, endsAtSeconds, token)) ? role : null
}

function attributes(isSecure: boolean): string {
  return `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
}

function signature(role: Role, endsAtSeconds: number, token: string): string {
  return createHmac('sha256', token)
    .update(`quotakeeper session ${role} ${endsAtSeconds}`)
    .digest('base64url')
}

function cookieValue(header: string | undefined): string | null {
  for (const pair of (header ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2)
    if (name === cookieName && value) return value
  }
  return null
}

function isSameOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host
}
