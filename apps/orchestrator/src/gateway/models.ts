import type { FastifyInstance } from 'fastify'
import { callableModels } from '../routing/callable-models.js'
import type { RoutingSource } from '../routing/routing-source.js'

/** Serves `GET /v1/models`: the names that can be called, as far as the configuration tells. */
export function models(app: FastifyInstance, routing: RoutingSource): void {
  app.get('/v1/models', async () => ({
    object: 'list',
    data: callableModels(routing.current()).map(({ id, ownedBy }) => ({
      id,
      object: 'model',
      created: 0,
      owned_by: ownedBy,
    })),
  }))
}
