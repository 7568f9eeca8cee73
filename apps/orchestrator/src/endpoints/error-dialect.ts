import type { IncomingHttpHeaders } from 'node:http'
import type { Endpoint } from './endpoint.js'

/** How clients that call below a path read errors and send their token, whether it is served or not. */
export interface ErrorDialect extends Pick<Endpoint, 'writeError' | 'clientToken'> {
  /** `/v1/messages`: the path itself, and all below it. */
  readonly path: string
  /** A header that its clients alone send, wherever they call; left out where there is none. */
  readonly header?: string
}

/** The dialect of a request that no endpoint is for; undefined where it is OpenAI's. `path` is without its query. */
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
