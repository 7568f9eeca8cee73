import { createHmac, randomBytes } from 'node:crypto'
import { isSameSecret } from '@quotakeeper/server-kit'
import type { Access } from './access.js'
import type { Session } from './ended-sessions.js'

type Tokens = Pick<Access, 'apiToken' | 'adminToken' | 'ended'>
export type Role = 'api' | 'admin'

/** The parts of a request that identify its session. */
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
 * A session cookie: role, expiry and id, signed with the role's token. Only ended sessions are stored, in the database,
 * so a cookie is valid on every replica and across restarts until it expires or the token changes. It does not contain
 * the token; scripts cannot read it, and other sites cannot send it.
 */
export function sessionCookie(
  role: Role,
  token: string,
  { nowMs, isSecure }: { readonly nowMs: number; readonly isSecure: boolean },
): string {
  const endsAtSeconds = Math.floor(nowMs / 1_000) + lifetimeSeconds
  const id = randomBytes(16).toString('base64url')
  const value = `${role}.${endsAtSeconds}.${id}.${signature(`${role} ${endsAtSeconds} ${id}`, token)}`
  return `${cookieName}=${value}; Max-Age=${lifetimeSeconds}; ${attributes(isSecure)}`
}

/** The cookie that ends a session. */
export function endedSessionCookie(isSecure: boolean): string {
  return `${cookieName}=; Max-Age=0; ${attributes(isSecure)}`
}

/**
 * The role of the request's session; null for none, an ended one or one signed by another token. A request that may
 * change something must come from a page of the same origin: another port of the host is another program, to which
 * browsers send the cookie too.
 */
export function sessionOf({ method, headers }: SessionRequest, tokens: Tokens, nowMs: number): Role | null {
  if (method !== 'GET' && method !== 'HEAD' && !isSameOrigin(headers.origin, headers.host)) return null
  const session = signedSession(headers.cookie, tokens, nowMs)
  return session === null || tokens.ended.has(session) ? null : session.role
}

/** Ends the session of a cookie in this process; null if there is none. */
export function endSession(cookie: string | undefined, tokens: Tokens, nowMs: number): Session | null {
  const session = signedSession(cookie, tokens, nowMs)
  if (session !== null) tokens.ended.end(session, nowMs)
  return session
}

/** Whether a request has a session cookie, valid or not. */
export function namesSession(cookie: string | undefined): boolean {
  return cookieValue(cookie) !== null
}

/** The session of a cookie, ended or not; null if expired or not signed by us. */
function signedSession(
  cookie: string | undefined,
  { apiToken, adminToken }: Omit<Tokens, 'ended'>,
  nowMs: number,
): (Session & { readonly role: Role }) | null {
  const value = cookieValue(cookie)
  if (value === null) return null
  const [, role, endsAt, id = '', signed = ''] =
    /^(api|admin)\.(\d{1,12})\.([\w-]{22})\.([\w-]+)$/.exec(value) ?? []
  if (role !== 'api' && role !== 'admin') return null
  const token = role === 'admin' ? adminToken : apiToken
  const endsAtSeconds = Number(endsAt)
  if (token === null || nowMs >= endsAtSeconds * 1_000) return null
  if (!isSameSecret(signed, signature(`${role} ${endsAtSeconds} ${id}`, token))) return null
  return { id, endsAtSeconds, startedAtSeconds: endsAtSeconds - lifetimeSeconds, role }
}

function attributes(isSecure: boolean): string {
  return `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
}

function signature(session: string, token: string): string {
  return createHmac('sha256', token).update(`quotakeeper session ${session}`).digest('base64url')
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
