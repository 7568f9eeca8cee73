import type { IncomingHttpHeaders } from 'node:http'
import { bearerToken } from '@quotakeeper/server-kit'
import type { FastifyInstance } from 'fastify'
import { ownToken } from './dialect-of.js'

/**
 * Accepts the gateway's token in the header of the client's format, and in Azure's `api-key`, as the bearer token if
 * there is none: `Authorization` may be empty, or what a proxy in front has asked for. Add before the access check.
 */
export function readClientTokens(app: FastifyInstance): void {
  app.addHook('onRequest', async request => {
    const { headers } = request
    if (bearerToken(headers.authorization) !== null) return
    const token = ownToken(request) ?? azureToken(headers)
    if (token !== null) headers.authorization = `Bearer ${token}`
  })
}

function azureToken({ 'api-key': key }: IncomingHttpHeaders): string | null {
  return typeof key === 'string' ? key : null
}
