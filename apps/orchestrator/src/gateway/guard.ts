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
import { type OpenAiError, sendError } from './send-error.js'

/** Who may call. */
export interface AccessOptions {
  /** Null where none is needed. */
  readonly token: string | null
  readonly allowedHosts: readonly string[]
}

/**
 * Refuses requests for a foreign host name, from pages and without a token before their body is read. Wrong tokens are
 * slowed by address, so that nobody guesses the right one.
 */
export function guard(app: FastifyInstance, { token, allowedHosts }: AccessOptions): void {
  const attempts = new FailedAttempts()
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(commonHeaders)
    const { host, authorization } = request.headers
    if (!isAllowedHost(host, allowedHosts)) {
      return sendError(reply, 421, {
        type: 'invalid_request_error',
        code: 'wrong_host',
        message: `This gateway is not called "${host ?? ''}"; QUOTA_GATEWAY_ALLOWED_HOSTS may say that it is.`,
        param: null,
      })
    }
    // By the route where there is one: an address may spell it otherwise, as in /%761/models. Probes are open;
    // figures tell which vendors there are.
    if (!/^\/(?:v1|metrics)/.test(request.routeOptions.url ?? request.url)) return
    if (isForeignPage(request.headers, allowedHosts)) {
      const message = 'Pages of other sites may not spend your keys.'
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

const wrongToken: OpenAiError = {
  type: 'invalid_request_error',
  code: 'invalid_api_key',
  message: 'This gateway wants the token of QUOTA_GATEWAY_TOKEN as its API key.',
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
