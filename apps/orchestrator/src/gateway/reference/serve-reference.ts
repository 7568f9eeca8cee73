import { referencePage, referencePolicy, referenceScript, scriptMediaType } from '@quotakeeper/server-kit'
import type { FastifyInstance } from 'fastify'
import { gatewayDocument } from './gateway-document.js'

/**
 * Serves the gateway's OpenAPI document, and at `/docs` its page, made in the browser without another host. Both are the
 * same everywhere and so need no token.
 */
export function serveReference(app: FastifyInstance): void {
  const config = { isOpen: true }
  const document = gatewayDocument()
  const page = referencePage('Gateway reference')
  app.get('/openapi.json', { config }, async () => document)
  app.get('/docs', { config }, async (_request, reply) =>
    reply.header('content-security-policy', referencePolicy).type('text/html; charset=utf-8').send(page),
  )
  app.get('/docs/reference.js', { config }, async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=3600').type(scriptMediaType).send(referenceScript()),
  )
}
