import type { FastifyInstance } from 'fastify'
import { checkKeys } from '../check/check-keys.js'
import { invalidRequest } from '../endpoints/openai-error.js'
import { fieldOf } from '../json-value.js'
import { parseJson } from '../parse-json.js'
import type { RouteDeps } from '../routing/route-deps.js'
import { sendError } from './send-error.js'

/** Most concurrent checks: each sends a request to every vendor, and some vendors count these. */
const maxChecks = 4
const retryAfterSeconds = 5

/** Serves `POST /v1/keys/check`: checks the key of the provider in the body, or every key. */
export function keysRoute(app: FastifyInstance, deps: RouteDeps): void {
  let runningCount = 0
  const config = { need: { scope: 'admin', isForConsumers: false } } as const
  app.post<{ Body: string | undefined }>('/v1/keys/check', { config }, async (request, reply) => {
    const providerName = fieldOf(parseJson(request.body ?? '{}'), 'providerName') ?? null
    if (providerName !== null && typeof providerName !== 'string') {
      return sendError(
        reply,
        400,
        invalidRequest('"providerName" must be a string, or be omitted.', 'providerName', 'invalid_provider'),
      )
    }
    if (runningCount >= maxChecks) {
      reply.header('retry-after', String(retryAfterSeconds))
      const message = `${maxChecks} key checks are running: try again when one has ended.`
      return sendError(reply, 429, {
        type: 'rate_limit_error',
        code: 'too_many_checks',
        message,
        param: null,
      })
    }
    runningCount++
    const keys = await checkKeys(deps, providerName).finally(() => {
      runningCount--
    })
    if (keys.length === 0 && providerName !== null) {
      const message = `Unknown provider "${providerName}".`
      return sendError(reply, 404, invalidRequest(message, 'providerName', 'unknown_provider'))
    }
    return { keys }
  })
}
