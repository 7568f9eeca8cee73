import type { FastifyInstance } from 'fastify'
import type { RoutingSource } from '../routing/routing-source.js'

/**
 * Probes for process managers: `/healthz`, the process is up; `/readyz`, the API answers. The latter also has the number
 * of entered keys that this gateway cannot open: it serves with the others. Their providers are in `keys.list` and the log,
 * since probes need no token.
 */
export function probes(app: FastifyInstance, routing: RoutingSource): void {
  const config = { isOpen: true }
  // Clients such as Claude Code check for a server here.
  app.head('/', { config }, async (_request, reply) => reply.send())
  app.get('/healthz', { config }, async () => ({ status: 'ok' }))
  app.get('/readyz', { config }, async (_request, reply) => {
    try {
      await routing.refresh()
      const keysNotOpened = routing.unopenedCount()
      return { status: 'ok', ...(keysNotOpened === 0 ? {} : { keysNotOpened }) }
    } catch {
      // The reason may name hosts, so it is only in the log of failed calls.
      return reply.code(503).send({ status: 'unavailable', reason: 'the quota API does not answer' })
    }
  })
}
