import { SharedReads } from '@quotakeeper/db'
import { whyNotAllowed } from '@quotakeeper/quota-core'
import { challenge } from '@quotakeeper/server-kit'
import type { FastifyInstance } from 'fastify'
import type { Services } from '../router/context.js'
import { forbidden } from '../router/trpc.js'
import { callerOf } from '../server/access/caller.js'
import { plainProblem, problemMediaType } from '../server/rest/problem.js'
import { sendProblemOf } from '../server/send-problem.js'
import type { ApiMetrics } from './api-metrics.js'
import { everyConsumer } from './every-consumer.js'

const metricsNeed = { scope: 'read', isForConsumers: false } as const

/** Serves `/metrics` to callers that may use the API; Prometheus sends a token too (`authorization:` of a job). */
export function serveMetrics(
  app: FastifyInstance,
  metrics: ApiMetrics,
  services: Pick<Services, 'allStats' | 'service' | 'storeFault' | 'configFile'>,
): void {
  // Concurrent scrapes share a read.
  const consumers = new SharedReads(() => everyConsumer(services.service))
  app.addHook('onResponse', async (request, reply) => {
    metrics.requestAnswered(request.routeOptions.url, reply.statusCode)
  })
  app.get('/metrics', async (request, reply) => {
    const { mayUse, token } = callerOf(request)
    if (!mayUse) {
      return reply
        .code(401)
        .header('www-authenticate', challenge)
        .type(problemMediaType)
        .send(plainProblem(401, 'metrics need the token of QUOTA_API_TOKEN'))
    }
    const why = token === null ? null : whyNotAllowed(token, metricsNeed, 'metrics')
    if (why !== null) return sendProblemOf(reply, forbidden(why), services.configFile)
    try {
      const { allStats: readStats, storeFault } = services
      const source = { readStats, readConsumers: () => consumers.read([]), storeFault }
      const { contentType, text } = await metrics.text(source, Date.now())
      return await reply.type(contentType).send(text)
    } catch (error) {
      return sendProblemOf(reply, error, services.configFile)
    }
  })
}
