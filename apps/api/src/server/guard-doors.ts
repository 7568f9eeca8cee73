import { isAllowedHost, oneOf } from '@quotakeeper/server-kit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { refuseForeignPage } from './access/browser-guard.js'
import { plainProblem, problemMediaType } from './rest/problem.js'

/** Addresses that hold figures, or make them. */
const dataRoutes = /^\/(?:trpc|api|metrics|session|openapi\.json|healthz|readyz)(?:\/|$)/

/** Turns away, before anything is read, whom a name that is not ours or a foreign page has led here. */
export function guardDoors(app: FastifyInstance, allowedHosts: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    const { host } = request.headers
    if (!isAllowedHost(host, allowedHosts)) {
      const detail = `this server is not called "${host ?? ''}"; QUOTA_API_ALLOWED_HOSTS may say that it is`
      return reply.code(421).type(problemMediaType).send(plainProblem(421, detail))
    }
    const refusal = refuseForeignPage(headersOf(request), { allowedHosts, isPage: isPage(request) })
    if (refusal === null) return
    const { status, detail } = refusal
    return reply.code(status).type(problemMediaType).send(plainProblem(status, detail))
  })
}

/** By the route where there is one: an address may spell it otherwise. */
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
