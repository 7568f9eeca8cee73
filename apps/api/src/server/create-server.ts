import type { IncomingMessage } from 'node:http'
import { commonHeaders } from '@quotakeeper/server-kit'
import {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  fastify,
  LogController,
} from 'fastify'
import type { ApiMetrics } from '../metrics/api-metrics.js'
import { serveMetrics } from '../metrics/serve-metrics.js'
import type { Services } from '../router/context.js'
import { neutralMessage } from '../router/to-trpc-error.js'
import type { AccessSettings } from '../settings.js'
import { accessOf } from './access/access.js'
import { hearOfEndedSessions } from './access/hear-of-ended-sessions.js'
import { identifyCallers } from './access/identify-callers.js'
import { serveExport } from './export/serve-export.js'
import { guardRoutes, leavePolitely, logRequests } from './hooks.js'
import { builtPageDirectory, isLostOnPage, servePage } from './page/serve-page.js'
import { serveReference } from './page/serve-reference.js'
import { serveSession } from './page/serve-session.js'
import { watchPaths, withoutPrefix } from './path-prefix.js'
import { probes } from './probes.js'
import { plainProblem, problemMediaType } from './rest/problem.js'
import { methodsOfPath } from './rest/route-methods.js'
import { restPrefix, serveRest } from './rest/serve-rest.js'
import { serveTrpc } from './trpc/serve-trpc.js'

/** Largest body: a full batch of records with some metadata each. */
const bodyLimitBytes = 1_048_576
/** Largest request head: a hundred candidates of `explain` in the URL. */
const headLimitBytes = 65_536
/** Longest part of a path: the procedure names of a full batch. */
const longestPathPart = 5_000
/** Longest time for a request to arrive. */
const requestTimeoutMs = 15_000

/** Interval at which late requests are detected. */
const lateRequestsEveryMs = 5_000

/** Options of the server. */
export interface ServerOptions {
  readonly services: Services
  readonly access: AccessSettings
  /** The path under which a proxy serves it, `/quota`; '' for the root. */
  readonly pathPrefix: string
  readonly log: FastifyBaseLogger
  readonly metrics: ApiMetrics
}

/** Creates the API as an HTTP server that does not listen yet. */
export function createServer({
  services,
  access: settings,
  pathPrefix,
  log,
  metrics,
}: ServerOptions): FastifyInstance {
  const access = accessOf(settings, services)
  const app = fastify({
    loggerInstance: log,
    // Fastify's log lines contain URLs with inputs; ours do not.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    http: { maxHeaderSize: headLimitBytes, connectionsCheckingInterval: lateRequestsEveryMs },
    routerOptions: { maxParamLength: longestPathPart },
    ...(pathPrefix !== '' && {
      rewriteUrl: ({ url = '/' }: IncomingMessage) => withoutPrefix(url, pathPrefix),
    }),
  })
  const refusePrefix = watchPaths(app)
  app.addHook('onRequest', async ({ method }, reply) => {
    reply.headers(commonHeaders)
    if (method === 'POST') services.lanes.noteCall()
  })
  logRequests(app)
  leavePolitely(app)
  guardRoutes(app, access.allowedHosts)
  hearOfEndedSessions(app, access, services.sessions)
  identifyCallers(app, access, services)
  answerFaults(app)
  probes(app, services)
  serveMetrics(app, metrics, services)
  serveDocument(app, services.version, `${pathPrefix}${restPrefix}`)
  serveReference(app)
  serveTrpc(app, services)
  serveRest(app, services)
  serveExport(app, restPrefix, services)
  serveSession(app, access, pathPrefix, services)
  servePage(app, builtPageDirectory, pathPrefix)
  refusePrefix(pathPrefix)
  return app
}

/** Serves the OpenAPI document. Few ask for it: to load and make it at each start would take 0.08 s of a core. */
function serveDocument(app: FastifyInstance, version: string, prefix: string): void {
  let document: Promise<object> | null = null
  app.get('/openapi.json', () => {
    document ??= import('./rest/openapi.js').then(({ openApiDocument }) => openApiDocument(version, prefix))
    return document
  })
}

/** Handles errors outside of procedures: HTTP errors and internal ones. */
function answerFaults(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => {
    if (isLostOnPage(app, request)) return reply.code(404).sendPage()
    const path = pathOf(request.url)
    const methods = path.startsWith(restPrefix) ? methodsOfPath(path.slice(restPrefix.length)) : []
    if (methods.length > 0) {
      const detail = `${request.method} is not a method of ${path}; use ${methods.join(' or ')}`
      return reply
        .code(405)
        .header('allow', methods.join(', '))
        .type(problemMediaType)
        .send(plainProblem(405, detail))
    }
    const detail = `unknown route ${request.method} ${path}; /openapi.json lists all routes`
    return reply.code(404).type(problemMediaType).send(plainProblem(404, detail))
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) request.log.error({ err: error }, 'a request failed')
    const detail = status >= 500 ? neutralMessage : error.message
    return reply.code(status).type(problemMediaType).send(plainProblem(status, detail))
  })
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url
}
