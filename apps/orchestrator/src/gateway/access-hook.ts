import {
  attemptsRetryAfterSeconds,
  bearerToken,
  challenge,
  commonHeaders,
  FailedAttempts,
  isAllowedHost,
  isForeignPage,
  isSameSecret,
  tooManyAttempts,
} from '@quotakeeper/server-kit'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { admitPage, answerPreflight, isPreflight } from './cors.js'
import { type OpenAiError, sendError } from './send-error.js'

/** Who may call. */
export interface AccessOptions {
  /** Null where none is needed. */
  readonly token: string | null
  readonly allowedHosts: readonly string[]
  /** Pages that may call, in lower case: `https://app.example.com`. */
  readonly allowedOrigins: readonly string[]
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a route tells nothing that needs a token. Absent for all but probes. */
    readonly isOpen?: boolean
  }
}

/**
 * Refuses requests for a foreign host name, from pages and without a token before their body is read, whatever they ask
 * for. Wrong tokens are slowed by address, so that nobody guesses the right one.
 */
export function accessHook(
  app: FastifyInstance,
  { token, allowedHosts, allowedOrigins }: AccessOptions,
): void {
  const attempts = new FailedAttempts()
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(commonHeaders)
    const { headers } = request
    const { host, authorization } = headers
    if (!isAllowedHost(host, allowedHosts)) {
      return sendError(reply, 421, {
        type: 'invalid_request_error',
        code: 'wrong_host',
        message: `Unknown host "${host ?? ''}"; add it to QUOTA_GATEWAY_ALLOWED_HOSTS.`,
        param: null,
      })
    }
    // Codex, for one, then posts; at any other status it tries again and again.
    if (headers.upgrade?.toLowerCase().includes('websocket') === true) {
      reply.header('upgrade', 'HTTP/1.1').header('connection', 'close')
      return sendError(reply, 426, noWebSockets)
    }
    const isAdmitted = admitPage(request, reply, allowedOrigins)
    if (isAdmitted && isPreflight(request)) return answerPreflight(request, reply)
    if (request.routeOptions.config?.isOpen === true) return
    if (!isAdmitted && isForeignPage(headers, allowedHosts)) {
      const message =
        'Pages of other sites may not spend your keys; QUOTA_GATEWAY_ALLOWED_ORIGINS may name those that may.'
      return sendError(reply, 403, {
        type: 'invalid_request_error',
        code: 'foreign_page',
        message,
        param: null,
      })
    }
    if (token === null) return
    const isRight = isSameSecret(bearerToken(authorization), token)
    // Who shows nothing guesses nothing.
    if (authorization !== undefined && !(await attempts.attempt(request.ip, isRight))) {
      return refuseAttempt(reply)
    }
    if (isRight) return
    reply.header('www-authenticate', challenge)
    return sendError(reply, 401, wrongToken)
  })
}

const noWebSockets: OpenAiError = {
  type: 'invalid_request_error',
  code: 'upgrade_not_served',
  message: 'This gateway serves no WebSockets: send the request by POST.',
  param: null,
}

const wrongToken: OpenAiError = {
  type: 'invalid_request_error',
  code: 'invalid_api_key',
  message: 'Use the gateway’s token (QUOTA_GATEWAY_TOKEN) as the API key.',
  param: null,
}

function refuseAttempt(reply: FastifyReply): FastifyReply {
  reply.header('retry-after', String(attemptsRetryAfterSeconds)).header('connection', 'close')
  return sendError(reply, 429, {
    type: 'rate_limit_error',
    code: 'too_many_attempts',
    message: `${tooManyAttempts.charAt(0).toUpperCase()}${tooManyAttempts.slice(1)}.`,
    param: null,
  })
}
