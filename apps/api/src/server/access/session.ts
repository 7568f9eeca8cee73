import { createHmac, randomBytes } from 'node:crypto'
import { isSameSecret } from '@quotakeeper/server-kit'
import type { Access } from './access.js'
import type { Session } from './ended-sessions.js'

type Tokens = Pick<Access, 'apiToken' | 'adminToken' | 'ended' | 'keySalt'>

/** A token of the environment. */
export type Role = 'api' | 'admin'

/** A stored token, by the hash of its secret. */
interface Stored {
  readonly sha256: string
}

/** The parts of a request that identify its session. */
export interface SessionRequest {
  readonly method: string
  readonly headers: {
    readonly cookie?: string | undefined
    readonly host?: string | undefined
    readonly origin?: string | undefined
  }
}

/** Where a browser sends a cookie. */
interface CookieScope {
  /** Without a final slash; '' for every path of the host. */
  readonly pathPrefix: string
  /** Over TLS alone. */
  readonly isSecure: boolean
}

const cookieName = 'quotakeeper_session'
const lifetimeSeconds = 7 * 86_400

/**
 * A session cookie: the role or the hash of the stored token, expiry and id, signed. Only ended sessions are stored, in
 * the database, so a cookie is valid on every replica and across restarts until it expires or the token changes or ends.
 * It does not contain the token; scripts cannot read it, and other sites cannot send it.
 */
export function sessionCookie(
  who: Role | Stored,
  tokens: Omit<Tokens, 'ended'>,
  { nowMs, ...scope }: CookieScope & { readonly nowMs: number },
): string {
  const endsAtSeconds = Math.floor(nowMs / 1_000) + lifetimeSeconds
  const id = randomBytes(16).toString('base64url')
  const name = typeof who === 'string' ? who : who.sha256
  const key = signingKey(who, tokens) ?? ''
  const value = `${name}.${endsAtSeconds}.${id}.${signature(`${name} ${endsAtSeconds} ${id}`, key)}`
  return `${cookieName}=${value}; Max-Age=${lifetimeSeconds}; ${attributes(scope)}`
}

/** The cookie that ends a session. */
export function endedSessionCookie(scope: CookieScope): string {
  return `${cookieName}=; Max-Age=0; ${attributes(scope)}`
}

/**
 * The token of the request's session; null without a session, for an ended one or one signed with another token. A request that may
 * change something must come from a page of the same origin: another port of the host is another program, to which
 * browsers send the cookie too.
 */
export function sessionOf(
  { method, headers }: SessionRequest,
  tokens: Tokens,
  nowMs: number,
): Role | Stored | null {
  if (method !== 'GET' && method !== 'HEAD' && !isSameOrigin(headers.origin, headers.host)) return null
  const session = signedSession(headers.cookie, tokens, nowMs)
  return session === null || tokens.ended.has(session) ? null : session.who
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
  tokens: Omit<Tokens, 'ended'>,
  nowMs: number,
): (Session & { readonly who: Role | Stored }) | null {
  const value = cookieValue(cookie)
  if (value === null) return null
  const [, name = '', endsAt, id = '', signed = ''] =
    /^(api|admin|[\da-f]{64})\.(\d{1,12})\.([\w-]{22})\.([\w-]+)$/.exec(value) ?? []
  if (name === '') return null
  const who = name === 'api' || name === 'admin' ? name : { sha256: name }
  const key = signingKey(who, tokens)
  const endsAtSeconds = Number(endsAt)
  if (key === null || nowMs >= endsAtSeconds * 1_000) return null
  if (!isSameSecret(signed, signature(`${name} ${endsAtSeconds} ${id}`, key))) return null
  return { id, endsAtSeconds, startedAtSeconds: endsAtSeconds - lifetimeSeconds, who }
}

/**
 * The key of signatures; null if there is no such token. The secret of a stored token is not kept, and its hash may be
 * public in a configuration file. So its sessions are signed with the token of the environment that allows the most:
 * its holder may already do all that a forged session allows.
 */
function signingKey(
  who: Role | Stored,
  { apiToken, adminToken, keySalt }: Omit<Tokens, 'ended'>,
): string | null {
  if (who === 'admin') return adminToken
  if (who === 'api') return apiToken
  return `${keySalt} ${adminToken ?? apiToken ?? ''}`
}

function attributes({ pathPrefix, isSecure }: CookieScope): string {
  return `Path=${pathPrefix}/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
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
