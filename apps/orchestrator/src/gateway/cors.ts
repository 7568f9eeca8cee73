import type { FastifyReply, FastifyRequest } from 'fastify'

/** What pages may read of an answer beside its body. */
const exposedHeaders = [
  'retry-after',
  'retry-after-ms',
  'x-quotakeeper-attempts',
  'x-quotakeeper-estimated',
  'x-quotakeeper-left-out',
  'x-quotakeeper-provider',
  'x-quotakeeper-request-id',
  'x-request-id',
  'x-should-retry',
].join(', ')

const allowedMethods = 'GET, HEAD, POST, DELETE'
const preflightSeconds = '600'
/** Names of headers, by commas. */
const headerNames = /^[\w!#$%&'*+.^`|~, -]{1,4000}$/

/** Whether a request comes from a page that may call; lets that page read the answer, whatever it will be. */
export function admitPage(
  { headers: { origin } }: FastifyRequest,
  reply: FastifyReply,
  allowedOrigins: readonly string[],
): boolean {
  if (allowedOrigins.length === 0) return false
  reply.header('vary', 'origin')
  if (origin === undefined || !allowedOrigins.includes(origin.toLowerCase())) return false
  reply.header('access-control-allow-origin', origin)
  reply.header('access-control-expose-headers', exposedHeaders)
  return true
}

/** Whether a browser asks what a page may send. It sends no token with that. */
export function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
}

/** Says what a page that may call may send. Source: https://fetch.spec.whatwg.org/#http-cors-protocol (2026-11-29) */
export function answerPreflight({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const asked = headers['access-control-request-headers']
  reply.header('access-control-allow-methods', allowedMethods)
  reply.header('access-control-max-age', preflightSeconds)
  // `*` does not stand for `authorization`.
  if (asked !== undefined && headerNames.test(asked)) reply.header('access-control-allow-headers', asked)
  if (headers['access-control-request-private-network'] === 'true')
    reply.header('access-control-allow-private-network', 'true')
  return reply.code(204).send()
}
