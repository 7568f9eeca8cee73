import { challenge } from '@quotakeeper/server-kit'
import type { FastifyInstance } from 'fastify'
import { callerOf } from '../server/access/caller.js'
import { plainProblem, problemMediaType } from '../server/rest/problem.js'
import { sendProblemOf } from '../server/send-problem.js'
import type { ServeOptions } from '../server/trpc/serve-trpc.js'
import type { ApiMetrics } from './api-metrics.js'

/** Serves `/metrics` to callers that may use the API; Prometheus sends a token too (`authorization:` of a job). */
export function serveMetrics(
  app: FastifyInstance,
  metrics: ApiMetrics,
  { services, access }: ServeOptions,
): void {
  app.addHook('onResponse', async (request, reply) => {
    metrics.requestAnswered(request.routeOptions.url, reply.statusCode)
  })
  app.get('/metrics', async (request, reply) => {
    if (!callerOf(request, access).mayUse) {
      return reply
        .code(401)
        .header('www-authenticate', challenge)
        .type(problemMediaType)
        .send(plainProblem(401, 'metrics need the token of QUOTA_API_TOKEN'))
    }
    try {
      const source = { readStats: services.allStats, storeFault: services.storeFault }
      const { contentType, text } = await metrics.text(source, Date.now())
      return await reply.type(contentType).send(text)
    } catch (error) {
      return sendProblemOf(reply, error, services.configFile)
    }
  })
}
