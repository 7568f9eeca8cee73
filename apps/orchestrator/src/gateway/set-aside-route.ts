import type { FastifyInstance } from 'fastify'
import type { SetAside } from '../settlement/set-aside.js'

/** Serves `GET /v1/settlements/set-aside`: the newest 1,000 settlements that the API refused permanently. */
export function setAsideRoute(app: FastifyInstance, setAside: SetAside): void {
  app.get('/v1/settlements/set-aside', async () => ({ settlements: setAside.list() }))
}
