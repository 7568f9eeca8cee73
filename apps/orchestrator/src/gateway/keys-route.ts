import type { FastifyInstance } from 'fastify'
import { checkCandidate, checkKeys } from '../check/check-keys.js'
import { invalidRequest } from '../endpoints/openai-error.js'
import { fieldOf } from '../json-value.js'
import { parseJson } from '../parse-json.js'
import type { RouteDeps } from '../routing/route-deps.js'
import { sendError } from './send-error.js'

/** Most concurrent checks: each sends a request to every vendor, and some vendors count these. */
const maxChecks = 4
const retryAfterSeconds = 5

/**
 * Serves `POST /v1/keys/check`: checks the key of the provider in the body, or every key; with `key` in the body that one,
 * before it is entered for the provider.
 */
export function keysRoute(app: FastifyInstance, deps: RouteDeps): void {
  let runningCount = 0
  const config = { need: { scope: 'admin', isForConsumers: false } } as const
  app.post<{ Body: string | undefined }>('/v1/keys/check', { config }, async (request, reply) => {
    const body = parseJson(request.body ?? '{}')
    const providerName = fieldOf(body, 'providerName') ?? null
    const key = fieldOf(body, 'key') ?? null
    if (providerName !== null && typeof providerName !== 'string') {
      return sendError(
        reply,
        400,
        invalidRequest('"providerName" must be a string, or be omitted.', 'providerName', 'invalid_provider'),
      )
    }
    const isKey = typeof key === 'string' && /^[\x21-\x7e]{1,4096}$/.test(key)
    if (key !== null && (!isKey || providerName === null)) {
      const text = '"key" must be a key of up to 4096 printable characters, beside "providerName".'
      return sendError(reply, 400, invalidRequest(text, 'key', 'invalid_key'))
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
    const checking =
      isKey && providerName !== null
        ? checkCandidate(deps, { providerName, key }).then(one => (one === null ? [] : [one]))
        : checkKeys(deps, providerName)
    const keys = await checking.finally(() => {
      runningCount--
    })
    if (keys.length === 0 && providerName !== null) {
      const message = `Unknown provider "${providerName}".`
      return sendError(reply, 404, invalidRequest(message, 'providerName', 'unknown_provider'))
    }
    return { keys }
  })
}
