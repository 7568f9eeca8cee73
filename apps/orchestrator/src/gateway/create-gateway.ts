import { uuidV7 } from '@quotakeeper/quota-core/rules'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import { metricsDoor } from '../metrics/metrics-door.js'
import type { RouteWorld } from '../route/routed-request.js'
import { answerFaults } from './answer-faults.js'
import { answerUnread } from './answer-unread.js'
import { type BodyBounds, takeBodies } from './body/take-bodies.js'
import type { CallsInFlight } from './calls-in-flight.js'
import { completions } from './completions.js'
import { type AccessOptions, guard } from './guard.js'
import { keysDoor } from './keys-door.js'
import { models } from './models.js'
import { probes } from './probes.js'
import { requestIdHeaders } from './request-id.js'
import { setAsideDoor } from './set-aside-door.js'

/** Largest head of a request, in bytes. */
const headLimitBytes = 16_384
/** A request must have arrived by then, in milliseconds. */
const requestTimeoutMs = 60_000

/** What the gateway is made of. */
export interface GatewayOptions {
  readonly world: RouteWorld
  readonly calls: CallsInFlight
  readonly access: AccessOptions
  readonly bodies: BodyBounds
  readonly metrics: GatewayMetrics
  readonly log: FastifyBaseLogger
}

/** The OpenAI-compatible gateway as an HTTP server that does not listen yet. */
export function createGateway({
  world,
  calls,
  access,
  bodies,
  metrics,
  log,
}: GatewayOptions): FastifyInstance {
  const app = fastify({
    loggerInstance: log,
    // A line for each request would cost more than routing it.
    logController: new LogController({ disableRequestLogging: true }),
    // What still arrives on open connections while it stops is answered like the rest.
    return503OnClosing: false,
    requestTimeout: requestTimeoutMs,
    // What has no Host is answered like what has another's.
    http: { maxHeaderSize: headLimitBytes, requireHostHeader: false },
    genReqId: () => uuidV7(world.clock()),
    ...answerUnread(world.clock),
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(requestIdHeaders(request.id))
  })
  guard(app, access)
  takeBodies(app, bodies, world)
  answerFaults(app)
  probes(app, world.routing)
  metricsDoor(app, metrics)
  models(app, world)
  completions(app, world, { calls, budget: bodies.budget })
  keysDoor(app, world)
  setAsideDoor(app, world.settlements.setAside)
  return app
}
