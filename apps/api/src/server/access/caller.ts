import { bearerToken, isSameSecret } from '@quotakeeper/server-kit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../router/context.js'
import type { Access } from './access.js'
import { type SessionRequest, sessionOf } from './session.js'

type Tokens = Pick<Access, 'apiToken' | 'adminToken' | 'ended'>

/** What of a request tells who sends it. */
export interface CallerRequest extends SessionRequest {
  /** Its address, by which it is bounded. */
  readonly ip?: string
  readonly headers: SessionRequest['headers'] & { readonly authorization?: string | undefined }
}

/**
 * Who sends this request: by its Authorization header, or where it has none by the session of the page. The
 * admin's token is good for using, too. A token that is none of ours is worth nothing, even where none is needed
 * to use the API: its sender means to be somebody.
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

/** Whose token it is; null for nobody's. */
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
 * Answers who may not use the API as soon as the head of its request has come: nobody is waited for, and no body
 * taken, whose call is refused anyway.
 * @param mayUse whether the sender may call anything at all
 * @param refuse sends what a call without a token is answered
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
    // What is still on its way belongs to this request, and nobody reads it.
    reply.header('connection', 'close')
    return refuse(request, reply)
  })
}
