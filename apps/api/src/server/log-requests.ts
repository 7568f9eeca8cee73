import type { FastifyInstance } from 'fastify'

/**
 * One line a request: method, path, status and time. No query, body or headers, which hold inputs and
 * tokens. At `debug`, since a line for every reservation costs more than the reservation; failures of
 * ours at `warn`.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, url } = request
    const { statusCode, elapsedTime } = reply
    const line = { method, path: url.split('?', 1)[0], statusCode, elapsedMs: Math.round(elapsedTime) }
    if (statusCode >= 500) request.log.warn(line, 'answered with an error')
    else request.log.debug(line, 'answered')
  })
}
