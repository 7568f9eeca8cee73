import { StartupError } from '@quotakeeper/server-kit'
import type { FastifyInstance } from 'fastify'

/**
 * A request's address without the prefix, for proxies that keep it; others have removed it already.
 * @param pathPrefix `/quota`; not empty
 */
export function withoutPrefix(url: string, pathPrefix: string): string {
  if (!url.startsWith(pathPrefix)) return url
  const rest = url.slice(pathPrefix.length)
  if (rest.startsWith('/')) return rest
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url
}

/** Watches which paths are served, so that the returned check can refuse a prefix that hides one of them. */
export function watchPaths(app: FastifyInstance): (pathPrefix: string) => void {
  const served = new Set(['assets'])
  app.addHook('onRoute', ({ url }) => void served.add(firstPart(url)))
  return pathPrefix => {
    const first = firstPart(pathPrefix)
    if (first !== '' && served.has(first))
      throw new StartupError(
        `QUOTA_PATH_PREFIX must not begin with /${first}, which is a path of the API itself: choose another`,
      )
  }
}

function firstPart(path: string): string {
  return path.split('/', 2)[1] ?? ''
}
