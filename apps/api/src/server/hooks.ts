import { isAllowedHost, oneOf } from '@quotakeeper/server-kit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { refuseForeignPage } from './access/browser-guard.js'
import { plainProblem, problemMediaType } from './rest/problem.js'

/** Paths that return or change data. */
const dataRoutes = /^\/(?:trpc|api|metrics|session|openapi\.json|healthz|readyz)(?:\/|$)/

/** Rejects unknown hosts and cross-site requests before anything is read. */
export function guardRoutes(app: FastifyInstance, allowedHosts: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    const { host } = request.headers
    if (!isAllowedHost(host, allowedHosts)) {
      const detail = `unknown host "${host ?? ''}"; add it to QUOTA_API_ALLOWED_HOSTS`
      return reply.code(421).type(problemMediaType).send(plainProblem(421, detail))
    }
    const refusal = refuseForeignPage(headersOf(request), { allowedHosts, isPage: isPage(request) })
    if (refusal === null) return
    const { status, detail } = refusal
    return reply.code(status).type(problemMediaType).send(plainProblem(status, detail))
  })
}

/** By route if there is one: a URL may be spelled differently. */
function isPage({ routeOptions, url }: FastifyRequest): boolean {
  return !dataRoutes.test(routeOptions.url ?? url.split('?', 1)[0] ?? url)
}

function headersOf({ method, headers }: FastifyRequest): Parameters<typeof refuseForeignPage>[0] {
  const { origin, 'content-type': contentType } = headers
  return {
    method,
    origin,
    contentType,
    'sec-fetch-site': headers['sec-fetch-site'],
    secFetchMode: oneOf(headers['sec-fetch-mode']),
    secFetchDest: oneOf(headers['sec-fetch-dest']),
  }
}

/**
 * Logs one line per request: method, path, status and time. No query, body or headers, which contain inputs and tokens.
 * At `debug`, since a line for every reservation costs more than the reservation; server errors at `warn`.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, url } = request
    const { statusCode, elapsedTime } = reply
    const line = { method, path: url.split('?', 1)[0], statusCode, elapsedMs: Math.round(elapsedTime) }
    if (statusCode >= 500) request.log.warn(line, 'answered with an error')
    else request.log.debug(line, 'answered')
  })
}

/**
 * While the server closes, answers with `Connection: close`. Node.js closes idle connections, but would wait for the
 * keep-alive timeout of those that become idle later.
 */
export function leavePolitely(app: FastifyInstance): void {
  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close')
  })
}
