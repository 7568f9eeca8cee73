import type { FastifyInstance } from 'fastify'
import type { Services } from '../router/context.js'
import { plainProblem, problemMediaType } from './rest/problem.js'

/** Probes for process managers: `/healthz`, the process is up; `/readyz`, it can serve. */
export function probes(app: FastifyInstance, services: Services): void {
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const fault = await services.storeFault()
    if (fault === null) return { status: 'ok' }
    return reply.code(503).type(problemMediaType).send(plainProblem(503, fault))
  })
}
