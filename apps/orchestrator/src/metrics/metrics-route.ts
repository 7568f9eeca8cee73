import type { FastifyInstance } from 'fastify'
import type { GatewayMetrics } from './gateway-metrics.js'

/** Serves `/metrics` behind the access hook. */
export function metricsRoute(app: FastifyInstance, metrics: GatewayMetrics): void {
  const config = { need: { scope: 'read', isForConsumers: false } } as const
  app.get('/metrics', { config }, async (_request, reply) => {
    const { contentType, text } = await metrics.text()
    return reply.type(contentType).send(text)
  })
}
