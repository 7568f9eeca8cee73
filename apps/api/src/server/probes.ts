import type { FastifyInstance } from 'fastify'
import type { Services } from '../router/context.js'
import { plainProblem, problemMediaType } from './rest/problem.js'

/** What an orchestrator of processes asks: `/healthz` whether this one is up, `/readyz` whether it can serve. */
export function probes(app: FastifyInstance, services: Services): void {
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const fault = await services.storeFault()
    if (fault === null) return { status: 'ok' }
    return reply.code(503).type(problemMediaType).send(plainProblem(503, fault))
  })
}
