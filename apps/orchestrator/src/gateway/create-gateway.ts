import { uuidV7 } from '@quotakeeper/quota-core/rules'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import type { Endpoint } from '../endpoints/endpoint.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import { metricsRoute } from '../metrics/metrics-route.js'
import type { RouteDeps } from '../routing/route-deps.js'
import { type AccessOptions, accessHook } from './access-hook.js'
import { answerFaults } from './answer-faults.js'
import { answerUnread } from './answer-unread.js'
import { type BodyBounds, takeBodies } from './body/take-bodies.js'
import type { CallsInFlight } from './calls-in-flight.js'
import { readClientTokens } from './client-token.js'
import { ClientTokens } from './client-tokens.js'
import { keysRoute } from './keys-route.js'
import { models } from './models.js'
import { PathForms } from './path-forms.js'
import { probes } from './probes.js'
import { serveReference } from './reference/serve-reference.js'
import { requestIdHeaders } from './request-id.js'
import { serveEndpoints } from './serve-endpoints.js'
import { setAsideRoute } from './set-aside-route.js'
import { storedAnswers, storedPaths } from './stored-answers.js'

/** Longest id in a path. */
const maxParameterLength = 300
/** Largest request head. */
const headLimitBytes = 16_384
/** Longest time for a request to arrive, which needs 3 Mbit/s for the largest file; its head within 60 s. */
const requestTimeoutMs = 300_000

/** Options of the gateway. */
export interface GatewayOptions {
  readonly endpoints: readonly Endpoint[]
  readonly deps: RouteDeps
  readonly calls: CallsInFlight
  readonly access: AccessOptions
  readonly bodies: BodyBounds
  readonly metrics: GatewayMetrics
  readonly log: FastifyBaseLogger
}

/** Creates the gateway as an HTTP server that does not listen yet. */
export function createGateway({
  endpoints: given,
  deps,
  calls,
  access,
  bodies,
  metrics,
  log,
}: GatewayOptions): FastifyInstance {
  // For the same path the later one counts.
  const endpoints = [...new Map(given.map(endpoint => [endpoint.path, endpoint])).values()]
  const paths = [...endpoints.map(({ path }) => path), '/v1/models', '/v1/models/*', ...storedPaths]
  const forms = new PathForms(paths)
  const app = fastify({
    rewriteUrl: request => forms.rewrite(request),
    routerOptions: { maxParamLength: maxParameterLength },
    loggerInstance: log,
    // A line for each request would cost more than routing it.
    logController: new LogController({ disableRequestLogging: true }),
    // While stopping, requests on open connections are still answered.
    return503OnClosing: false,
    requestTimeout: requestTimeoutMs,
    // A missing Host is refused like an unknown one.
    http: { maxHeaderSize: headLimitBytes, requireHostHeader: false },
    genReqId: () => uuidV7(deps.clock()),
    ...answerUnread(deps.clock),
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(requestIdHeaders(request.id))
  })
  readClientTokens(app)
  accessHook(app, access, new ClientTokens(deps.api))
  takeBodies(app, { ...bodies, contentTypes: endpoints.map(({ contentType }) => contentType) }, deps)
  answerFaults(app, endpoints)
  probes(app, deps.routing)
  metricsRoute(app, metrics)
  serveReference(app)
  models(app, deps)
  serveEndpoints(app, deps, { endpoints, forms, calls, budget: bodies.budget })
  storedAnswers(app, deps, { calls, budget: bodies.budget })
  keysRoute(app, deps)
  setAsideRoute(app, deps.settlements.setAside)
  return app
}
