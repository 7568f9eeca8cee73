import type { IncomingHttpHeaders } from 'node:http'
import type { Endpoint } from './endpoint.js'

/** The error format and token header of clients that call below a path, served or not. */
export interface ErrorDialect extends Pick<Endpoint, 'writeError' | 'clientToken'> {
  /** Such as `/v1/messages`; includes all paths below. */
  readonly path: string
  /** A header that only its clients send, on any path; absent for none. */
  readonly header?: string
}

/** The dialect of a request without an endpoint; undefined for OpenAI's. `path` has no query. */
export function errorDialectOf(
  request: { readonly path: string; readonly headers: IncomingHttpHeaders },
  dialects: readonly ErrorDialect[],
): ErrorDialect | undefined {
  return dialects.find(
    ({ path, header }) =>
      request.path === path ||
      request.path.startsWith(`${path}/`) ||
      (header !== undefined && request.headers[header] !== undefined),
  )
}
