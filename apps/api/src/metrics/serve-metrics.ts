import { whyNotAllowed } from '@quotakeeper/quota-core'
import { challenge } from '@quotakeeper/server-kit'
import type { FastifyInstance } from 'fastify'
import type { Services } from '../router/context.js'
import { forbidden } from '../router/trpc.js'
import { callerOf } from '../server/access/caller.js'
import { plainProblem, problemMediaType } from '../server/rest/problem.js'
import { sendProblemOf } from '../server/send-problem.js'
import type { ApiMetrics } from './api-metrics.js'

const metricsNeed = { scope: 'read', isForConsumers: false } as const

/** Serves `/metrics` to callers that may use the API; Prometheus sends a token too (`authorization:` of a job). */
export function serveMetrics(
  app: FastifyInstance,
  metrics: ApiMetrics,
  services: Pick<Services, 'allStats' | 'storeFault' | 'configFile'>,
): void {
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
      const source = { readStats: services.allStats, storeFault: services.storeFault }
      const { contentType, text } = await metrics.text(source, Date.now())
      return await reply.type(contentType).send(text)
    } catch (error) {
      return sendProblemOf(reply, error, services.configFile)
    }
  })
}
