import type { FastifyInstance } from 'fastify'
import type { RoutingSource } from '../routing/routing-source.js'

/** What an orchestrator of processes asks: `/healthz` whether this one is up, `/readyz` whether the API answers it. */
export function probes(app: FastifyInstance, routing: RoutingSource): void {
  const config = { isOpen: true }
  // Clients ask whether anybody is there: Claude Code does.
  app.head('/', { config }, async (_request, reply) => reply.send())
  app.get('/healthz', { config }, async () => ({ status: 'ok' }))
  app.get('/readyz', { config }, async (_request, reply) => {
    try {
      await routing.refresh()
      return { status: 'ok' }
    } catch {
      // The reason may name hosts; the log of the calls that fail has it.
      return reply.code(503).send({ status: 'unavailable', reason: 'the quota API does not answer' })
    }
  })
}
