import type { FastifyRequest } from 'fastify'
import type { Endpoint } from '../endpoints/endpoint.js'
import { errorDialectOf } from '../endpoints/error-dialect.js'
import { errorDialects } from '../endpoints/served-endpoints.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The endpoint of a route; absent for other routes. */
    readonly endpoint?: Endpoint
    /** Additional token header of a route without an endpoint. */
    readonly clientToken?: Endpoint['clientToken']
  }
}

/** The error format of a request's client: that of its endpoint, or determined by path and headers. */
export function dialectOf(request: FastifyRequest): Pick<Endpoint, 'writeError' | 'clientToken'> | undefined {
  const { routeOptions, url, headers } = request
  const path = url.split('?', 1)[0] ?? url
  return routeOptions?.config?.endpoint ?? errorDialectOf({ path, headers }, errorDialects)
}

/** The token in the header of the client's format; null for none. */
export function ownToken(request: FastifyRequest): string | null {
  const { headers, routeOptions, url } = request
  const query = new URLSearchParams(url.split('?')[1])
  return (routeOptions?.config?.clientToken ?? dialectOf(request)?.clientToken)?.(headers, query) ?? null
}
