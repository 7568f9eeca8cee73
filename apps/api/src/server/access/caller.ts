import { bearerToken, isSameSecret } from '@quotakeeper/server-kit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../router/context.js'
import type { Access } from './access.js'
import { type SessionRequest, sessionOf } from './session.js'

type Tokens = Pick<Access, 'apiToken' | 'adminToken' | 'ended'>

/** The parts of a request that identify its sender. */
export interface CallerRequest extends SessionRequest {
  /** Its address, used for limits. */
  readonly ip?: string
  readonly headers: SessionRequest['headers'] & { readonly authorization?: string | undefined }
}

/**
 * Identifies the sender by the Authorization header, or without one by the dashboard's session. The admin's token also
 * allows use. An invalid token is refused even if the API needs none: its sender expects to be identified.
 */
export function callerOf(request: CallerRequest, tokens: Tokens): Caller {
  const { authorization } = request.headers
  const { ip: address = '' } = request
  if (authorization === undefined) {
    const session = sessionOf(request, tokens, Date.now())
    const known = { isAdmin: session === 'admin', isUser: session === 'api', isStranger: false }
    return callerWith({ ...known, address }, tokens)
  }
  const given = bearerToken(authorization)
  const role = roleOfToken(given, tokens)
  const isStranger = role === null && (tokens.apiToken !== null || tokens.adminToken !== null)
  return callerWith({ isAdmin: role === 'admin', isUser: role === 'api', isStranger, address }, tokens)
}

/** The role of a token; null for an invalid one. */
export function roleOfToken(
  given: string | null,
  { apiToken, adminToken }: Pick<Access, 'apiToken' | 'adminToken'>,
): 'admin' | 'api' | null {
  const isAdmin = isSameSecret(given, adminToken)
  const isUser = isSameSecret(given, apiToken)
  return isAdmin ? 'admin' : isUser ? 'api' : null
}

function callerWith(
  known: {
    readonly isAdmin: boolean
    readonly isUser: boolean
    readonly isStranger: boolean
    readonly address: string
  },
  { apiToken, adminToken }: Tokens,
): Caller {
  const { isAdmin, isUser, isStranger, address } = known
  const hasToken = isAdmin || isUser
  const mayUse = !isStranger && (apiToken === null || hasToken)
  const mayChange = mayUse && (adminToken === null || isAdmin)
  return { mayUse, mayChange, hasToken, actor: isAdmin ? 'admin' : 'api', address }
}

/**
 * Answers callers without access as soon as their request head has arrived, without waiting for the body.
 * @param mayUse whether the sender may use the API
 * @param refuse sends the answer to a call without a token
 */
export function askForToken(
  scope: FastifyInstance,
  {
    mayUse,
    refuse,
  }: {
    readonly mayUse: (request: FastifyRequest) => boolean
    readonly refuse: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
  },
): void {
  scope.addHook('onRequest', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD' || mayUse(request)) return
    // The rest of the body is not read, so the connection cannot be reused.
    reply.header('connection', 'close')
    return refuse(request, reply)
  })
}
