import type { FastifyRequest } from 'fastify'
import type { Endpoint } from '../endpoints/endpoint.js'
import { errorDialectOf } from '../endpoints/error-dialect.js'
import { errorDialects } from '../endpoints/served-endpoints.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The endpoint that a route serves; absent for all others. */
    readonly endpoint?: Endpoint
    /** How clients of a route that is no endpoint send a token, beside the usual ways. */
    readonly clientToken?: Endpoint['clientToken']
  }
}

/** How the client of a request reads errors: as its endpoint writes them, or else by what it calls and sends. */
export function dialectOf(request: FastifyRequest): Pick<Endpoint, 'writeError' | 'clientToken'> | undefined {
  const { routeOptions, url, headers } = request
  const path = url.split('?', 1)[0] ?? url
  return routeOptions?.config?.endpoint ?? errorDialectOf({ path, headers }, errorDialects)
}

/** The token of a client where it sends it in a header of its format's own; null otherwise. */
export function ownToken(request: FastifyRequest): string | null {
  const { headers, routeOptions } = request
  return (routeOptions?.config?.clientToken ?? dialectOf(request)?.clientToken)?.(headers) ?? null
}
