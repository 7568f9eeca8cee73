import { exportRoute } from '../export/export-route.js'
import { restRoutes } from './rest-routes.js'

/** The patterns of all paths below the prefix, with their methods. Exports have no HEAD, which would begin one. */
const routes = [...restRoutes, exportRoute].map(({ method, path }) => ({
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  methods: method === 'GET' && path !== exportRoute.path ? ['GET', 'HEAD'] : [method],
}))

/** The methods of a path below the prefix of REST, for `Allow`; empty for a path that no route has. */
export function methodsOfPath(path: string): readonly string[] {
  return [...new Set(routes.flatMap(({ pattern, methods }) => (pattern.test(path) ? methods : [])))]
}
