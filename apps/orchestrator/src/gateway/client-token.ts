import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { ownToken } from './dialect-of.js'

/**
 * Lets clients send the gateway's token in the header that their format has for it, and all in Azure's `api-key`: it
 * counts as the bearer token where there is none. To be added before the token is checked.
 */
export function readClientTokens(app: FastifyInstance): void {
  app.addHook('onRequest', async request => {
    const { headers } = request
    if (headers.authorization !== undefined) return
    const token = ownToken(request) ?? azureToken(headers)
    if (token !== null) headers.authorization = `Bearer ${token}`
  })
}

function azureToken({ 'api-key': key }: IncomingHttpHeaders): string | null {
  return typeof key === 'string' ? key : null
}
