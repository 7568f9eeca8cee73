import { referencePage, referencePolicy, referenceScript, scriptMediaType } from '@quotakeeper/server-kit'
import type { FastifyInstance } from 'fastify'

/** Serves the reference of the API at `/docs`, made in the browser from `/openapi.json`, without another host. */
export function serveReference(app: FastifyInstance): void {
  const page = referencePage('API reference')
  app.get('/docs', async (_request, reply) =>
    reply.header('content-security-policy', referencePolicy).type('text/html; charset=utf-8').send(page),
  )
  app.get('/docs/reference.js', async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=3600').type(scriptMediaType).send(referenceScript()),
  )
}
