import {
  attemptsRetryAfterSeconds,
  bearerToken,
  commonHeaders,
  FailedAttempts,
  isAllowedHost,
  isForeignPage,
  isSameSecret,
  tooManyAttempts,
} from '@quotakeeper/server-kit'
import type { FastifyInstance, FastifyReply } from 'fastify'
import {
  accessOf,
  type ClientAccess,
  refuseStranger,
  refuseToken,
  refuseUnverified,
} from './client-access.js'
import type { ClientTokens } from './client-tokens.js'
import { admitPage, answerPreflight, isPreflight } from './cors.js'
import { type OpenAiError, sendError } from './send-error.js'

/** Access settings. */
export interface AccessOptions {
  /** The token that allows everything; null if requests without a token are served. */
  readonly token: string | null
  readonly allowedHosts: readonly string[]
  /** Allowed origins, in lower case: `https://app.example.com`. */
  readonly allowedOrigins: readonly string[]
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a route needs no token; probes and documents, which are the same for everyone. */
    readonly isOpen?: boolean
  }
}

/**
 * Rejects unknown hosts, requests from pages, and requests without a valid token before their body is read. Tokens other
 * than the gateway's own are verified by the API. Wrong tokens are delayed by address, to slow guessing.
 */
export function accessHook(
  app: FastifyInstance,
  { token, allowedHosts, allowedOrigins }: AccessOptions,
  tokens: ClientTokens,
): void {
  const attempts = new FailedAttempts()
  app.decorateRequest('tokenConsumer', null)
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
      const message = foreignPage(headers.origin)
      return sendError(reply, 403, {
        type: 'invalid_request_error',
        code: 'foreign_page',
        message,
        param: null,
      })
    }
    // A request without a token is not a guess.
    if (authorization === undefined) return token === null ? undefined : refuseStranger(reply)
    const given = bearerToken(authorization)
    const isRoot = isSameSecret(given, token)
    const access = isRoot || given === null ? null : await accessOf(request, given, tokens)
    if (reply.raw.closed) return endWithoutClient(reply)
    if (token === null && (access === null || isUnused(access, tokens))) return
    if (access?.kind === 'unavailable') return refuseUnverified(reply)
    const isRight = isRoot || access?.kind === 'valid'
    if (!(await attempts.attempt(request.ip, isRight))) return refuseAttempt(reply)
    if (reply.raw.closed) return endWithoutClient(reply)
    if (!isRight) return refuseStranger(reply)
    if (access?.kind !== 'valid') return
    request.tokenConsumer = access.token.consumer
    return refuseToken(request, reply, access.token) ?? undefined
  })
}

const noWebSockets: OpenAiError = {
  type: 'invalid_request_error',
  code: 'upgrade_not_served',
  message: 'This gateway serves no WebSockets: send the request by POST.',
  param: null,
}

/** The setting takes no `null`, which browsers send for files and sandboxed frames. */
function foreignPage(origin: string | undefined): string {
  return origin === undefined || origin === 'null'
    ? 'The page has no origin that could be allowed: call from a page whose origin is in QUOTA_GATEWAY_ALLOWED_ORIGINS.'
    : `The origin "${origin}" is not allowed: add it to QUOTA_GATEWAY_ALLOWED_ORIGINS.`
}

/** Whether there are no tokens, as far as the API has answered: clients then send any text as their key. */
function isUnused({ kind }: ClientAccess, tokens: ClientTokens): boolean {
  return kind === 'unused' || (kind === 'unavailable' && tokens.areUnused)
}

/** Ends a request whose client has disconnected: what later hooks free at `close`, which was emitted, would stay taken. */
function endWithoutClient(reply: FastifyReply): FastifyReply {
  return reply.hijack()
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
