import type { FastifyInstance } from 'fastify'

/**
 * Lets clients send the gateway's token in the header that their endpoint's format has for it: it counts as the bearer
 * token where there is none. To be added before the token is checked.
 */
export function readClientTokens(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ headers, routeOptions }) => {
    if (headers.authorization !== undefined) return
    const token = routeOptions.config?.endpoint?.clientToken(headers) ?? null
    if (token !== null) headers.authorization = `Bearer ${token}`
  })
}
