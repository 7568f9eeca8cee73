import type { FastifyInstance } from 'fastify'
import type { SetAside } from '../settlement/set-aside.js'

/** Serves `GET /v1/settlements/set-aside`: what the API has refused for good, the newest 1,000. */
export function setAsideRoute(app: FastifyInstance, setAside: SetAside): void {
  app.get('/v1/settlements/set-aside', async () => ({ settlements: setAside.list() }))
}
