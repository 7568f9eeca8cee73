import type { KeptToken } from '@quotakeeper/db'
import { bearerToken, isSameSecret } from '@quotakeeper/server-kit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller, Services } from '../../router/context.js'
import { sha256Of } from '../../tokens/new-secret.js'
import type { Access } from './access.js'
import { type SessionRequest, sessionOf } from './session.js'

type RootTokens = Pick<Access, 'apiToken' | 'adminToken'>

declare module 'fastify' {
  interface FastifyRequest {
    /** Its sender; null until it is identified. */
    caller: Caller | null
  }
}

/** The parts of a request that identify its sender. */
export interface CallerRequest extends SessionRequest {
  /** Its address, used for limits. */
  readonly ip: string
  readonly headers: SessionRequest['headers'] & { readonly authorization?: string | undefined }
}

/** The sender of a request; without any right until it is identified. */
export function callerOf({ caller, ip }: Pick<FastifyRequest, 'caller' | 'ip'>): Caller {
  return caller ?? { mayUse: false, mayChange: false, hasToken: false, actor: '', address: ip, token: null }
}

/**
 * Identifies the sender by the Authorization header, or without one by the dashboard's session. The admin's token also
 * allows use. An invalid token is refused even if the API needs none, as soon as tokens are in use: its sender expects
 * to be identified.
 *
 * @throws QuotaError STORE_UNAVAILABLE; DatabaseFailure: tokens that are stored cannot be read
 */
export async function identify(
  request: CallerRequest,
  access: Access,
  tokens: Services['tokens'],
): Promise<Caller> {
  const { authorization } = request.headers
  const { ip: address } = request
  if (authorization === undefined) {
    const who = sessionOf(request, access, Date.now())
    if (who === null || typeof who === 'string') return rootCaller(who, access, address)
    const { token } = await tokens.find(who.sha256)
    return token === null ? rootCaller(null, access, address) : tokenCaller(token, address)
  }
  const given = bearerToken(authorization)
  const role = roleOfToken(given, access)
  if (role !== null) return rootCaller(role, access, address)
  const isStranger = access.apiToken !== null || access.adminToken !== null
  const known = given === null ? null : await tokens.find(sha256Of(given))
  const { token = null, areInUse = false } = known ?? {}
  if (token !== null) return tokenCaller(token, address)
  const nobody = rootCaller(null, access, address)
  return isStranger || areInUse ? { ...nobody, mayUse: false, mayChange: false } : nobody
}

/** The role of a token of the environment; null for any other. */
export function roleOfToken(
  given: string | null,
  { apiToken, adminToken }: RootTokens,
): 'admin' | 'api' | null {
  const isAdmin = isSameSecret(given, adminToken)
  const isUser = isSameSecret(given, apiToken)
  return isAdmin ? 'admin' : isUser ? 'api' : null
}

/** A caller with a stored token. */
export function tokenCaller(token: KeptToken, address: string): Caller {
  const mayChange = token.consumer === null && token.scopes.includes('admin')
  return { mayUse: true, mayChange, hasToken: true, actor: `token ${token.name}`, address, token }
}

/** A caller with a role of the environment, or with none. */
export function rootCaller(
  role: 'admin' | 'api' | null,
  { apiToken, adminToken }: RootTokens,
  address: string,
): Caller {
  const mayUse = apiToken === null || role !== null
  const mayChange = mayUse && (adminToken === null || role === 'admin')
  const actor = role === 'admin' ? 'admin' : 'api'
  return { mayUse, mayChange, hasToken: role !== null, actor, address, token: null }
}

/**
 * Answers callers without access as soon as their request head has arrived, without waiting for the body.
 * @param refuse sends the answer to a call without a token
 */
export function askForToken(
  scope: FastifyInstance,
  refuse: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>,
): void {
  scope.addHook('onRequest', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD' || callerOf(request).mayUse) return
    // The rest of the body is not read, so the connection cannot be reused.
    reply.header('connection', 'close')
    return refuse(request, reply)
  })
}
