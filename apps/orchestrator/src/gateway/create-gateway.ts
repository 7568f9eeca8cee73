import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import { metricsDoor } from '../metrics/metrics-door.js'
import type { RouteWorld } from '../route/routed-request.js'
import { uuidV7 } from '../uuid-v7.js'
import { answerFaults } from './answer-faults.js'
import type { CallsInFlight } from './calls-in-flight.js'
import { completions } from './completions.js'
import { type AccessOptions, guard } from './guard.js'
import { keysDoor } from './keys-door.js'
import { models } from './models.js'
import { probes } from './probes.js'

/** Largest body, in bytes: a long conversation with some images in it. */
const bodyLimitBytes = 32 * 1_024 * 1_024
/** Largest head of a request, in bytes. */
const headLimitBytes = 16_384
/** A request must have arrived by then, in milliseconds. */
const requestTimeoutMs = 60_000

/** What the gateway is made of. */
export interface GatewayOptions {
  readonly world: RouteWorld
  readonly calls: CallsInFlight
  readonly access: AccessOptions
  readonly metrics: GatewayMetrics
  readonly log: FastifyBaseLogger
}

/** The OpenAI-compatible gateway as an HTTP server that does not listen yet. */
export function createGateway({ world, calls, access, metrics, log }: GatewayOptions): FastifyInstance {
  const app = fastify({
    loggerInstance: log,
    // A line for each request would cost more than routing it.
    logController: new LogController({ disableRequestLogging: true }),
    // What still arrives on open connections while it stops is answered like the rest.
    return503OnClosing: false,
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    http: { maxHeaderSize: headLimitBytes },
    genReqId: () => uuidV7(world.clock()),
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-quotakeeper-request-id', request.id)
  })
  guard(app, access)
  // As text: it goes on to the vendor as it came.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  )
  answerFaults(app)
  probes(app, world.routing)
  metricsDoor(app, metrics)
  models(app, world)
  completions(app, world, calls)
  keysDoor(app, world)
  return app
}
