import type { FastifyInstance } from 'fastify'
import { refuseForeignPage } from './access/browser-guard.js'
import { isAllowedHost } from './access/host-guard.js'
import { plainProblem, problemMediaType } from './rest/problem.js'

/** Turns away, before anything is read, whom a name that is not ours or a foreign page has led here. */
export function guardDoors(app: FastifyInstance, allowedHosts: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    const { host, origin, 'sec-fetch-site': secFetchSite, 'content-type': contentType } = request.headers
    if (!isAllowedHost(host, allowedHosts)) {
      const detail = `this server is not called "${host ?? ''}"; QUOTA_API_ALLOWED_HOSTS may say that it is`
      return reply.code(421).type(problemMediaType).send(plainProblem(421, detail))
    }
    const { method } = request
    const site = typeof secFetchSite === 'string' ? secFetchSite : undefined
    const refusal = refuseForeignPage({ method, origin, secFetchSite: site, contentType }, allowedHosts)
    if (refusal === null) return
    const { status, detail } = refusal
    return reply.code(status).type(problemMediaType).send(plainProblem(status, detail))
  })
}
