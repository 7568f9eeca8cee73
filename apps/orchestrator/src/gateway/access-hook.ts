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

/** Access settings. */
export interface AccessOptions {
  /** Null if no token is needed. */
  readonly token: string | null
  readonly allowedHosts: readonly string[]
  /** Allowed origins, in lower case: `https://app.example.com`. */
  readonly allowedOrigins: readonly string[]
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a route needs no token; only probes set it. */
    readonly isOpen?: boolean
  }
}

/**
 * Rejects unknown hosts, requests from pages, and requests without a token before their body is read. Wrong tokens are
 * delayed by address, to slow guessing.
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
    // Codex then uses POST; at any other status it retries repeatedly.
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
    // A request without a token is not a guess.
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
