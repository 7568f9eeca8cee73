import type { FastifyInstance } from 'fastify'
import type { SetAside } from '../settlement/set-aside.js'

/** Serves `GET /v1/settlements/set-aside`: the newest 1,000 settlements that the API refused permanently. */
export function setAsideRoute(app: FastifyInstance, setAside: SetAside): void {
  const config = { need: { scope: 'read', isForConsumers: false } } as const
  app.get('/v1/settlements/set-aside', { config }, async () => ({ settlements: setAside.list() }))
}
