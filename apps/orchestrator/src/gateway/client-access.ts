import { type Need, whyNotAllowed } from '@quotakeeper/quota-core/rules'
import { challenge } from '@quotakeeper/server-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../api/api-error.js'
import type { VerifiedToken } from '../api/quota-api.js'
import type { GatewayCode } from '../endpoints/gateway-code.js'
import { apiDown } from '../routing/refusal.js'
import type { ClientTokens } from './client-tokens.js'
import { consumerHeader, readConsumer } from './read-names.js'
import { sendError } from './send-error.js'

type ValidToken = Extract<VerifiedToken, { readonly state: 'valid' }>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a route needs of a client's token; `call` unless given. */
    readonly need?: Need
  }
  interface FastifyRequest {
    /** The consumer of the client's token; null for none. */
    tokenConsumer: string | null
  }
}

/** What became of a client's token. */
export type ClientAccess =
  | { readonly kind: 'valid'; readonly token: ValidToken }
  /** `unavailable`: the API did not answer. */
  | { readonly kind: 'unknown' | 'unused' | 'unavailable' }

/** Asks about a client's token. */
export async function accessOf(
  request: FastifyRequest,
  secret: string,
  tokens: ClientTokens,
): Promise<ClientAccess> {
  try {
    const token = await tokens.verify(secret, readConsumer(request.headers) ?? '')
    return token.state === 'valid' ? { kind: 'valid', token } : { kind: token.state }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    request.log.warn({ err: error }, 'a client’s token could not be verified')
    return { kind: 'unavailable' }
  }
}

const callNeed: Need = { scope: 'call', isForConsumers: true }

/** Refuses what a valid token does not allow; null if it allows the request. */
export function refuseToken(
  request: FastifyRequest,
  reply: FastifyReply,
  token: ValidToken,
): FastifyReply | null {
  const need = request.routeOptions.config?.need ?? callNeed
  const why = whyNotAllowed(token, need, 'This request')
  if (why !== null) return sendError(reply, 403, denied('insufficient_scope', `${why}.`, null))
  if (token.mayActForNamed) return null
  const message = `The header "${consumerHeader}" must name "${token.consumer}", which the token is for, or a consumer below it.`
  return sendError(reply, 403, denied('consumer_not_allowed', message, consumerHeader))
}

function denied(code: GatewayCode, message: string, param: string | null) {
  return { type: 'permission_error', code, message, param }
}

/**
 * Refuses a request whose token could not be verified: without the API no vendor would be called either. Nobody knows who
 * sent it, so the reason is only in the log.
 */
export function refuseUnverified(reply: FastifyReply): FastifyReply {
  const { httpStatus, retryAtMs: _, ...error } = apiDown(null)
  return sendError(reply, httpStatus, error)
}

/** Refuses a request without a token, or with one that is not valid. */
export function refuseStranger(reply: FastifyReply): FastifyReply {
  reply.header('www-authenticate', challenge)
  return sendError(reply, 401, {
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: 'The API key must be a valid token of this gateway: one made for you, or QUOTA_GATEWAY_TOKEN.',
    param: null,
  })
}
