import { challenge } from '@quotakeeper/server-kit'
import type { FastifyInstance } from 'fastify'
import { callerOf } from '../server/access/caller-of.js'
import { plainProblem, problemMediaType } from '../server/rest/problem.js'
import { sendProblemOf } from '../server/send-problem.js'
import type { DoorOptions } from '../server/trpc/trpc-door.js'
import type { ApiMetrics } from './api-metrics.js'

/** Serves `/metrics` to whoever may use the API: Prometheus sends a token, too (`authorization:` of a job). */
export function metricsDoor(
  app: FastifyInstance,
  metrics: ApiMetrics,
  { services, access }: DoorOptions,
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
        .send(plainProblem(401, 'the figures need the token of QUOTA_API_TOKEN'))
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
