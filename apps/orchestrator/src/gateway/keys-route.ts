import type { FastifyInstance } from 'fastify'
import { type Candidate, checkCandidate, checkKeys } from '../check/check-keys.js'
import { invalidRequest } from '../endpoints/openai-error.js'
import { fieldOf, isObject } from '../json-value.js'
import { parseJson } from '../parse-json.js'
import type { RouteDeps } from '../routing/route-deps.js'
import { type OpenAiError, sendError } from './send-error.js'

/** Most concurrent checks: each sends a request to every vendor, and some vendors count these. */
const maxChecks = 4
const retryAfterSeconds = 5
const fields: readonly string[] = ['providerName', 'sealed']

/**
 * Serves `POST /v1/keys/check`: checks the key of the provider in the body, or every key; with `sealed` in the body the key
 * that is sealed there to this gateway, before it is entered for the provider.
 */
export function keysRoute(app: FastifyInstance, deps: RouteDeps): void {
  let runningCount = 0
  const config = { need: { scope: 'admin', isForConsumers: false } } as const
  app.post<{ Body: string | undefined }>('/v1/keys/check', { config }, async (request, reply) => {
    const body = parseJson(request.body || '{}')
    const fault = faultOf(body)
    if (fault !== null) return sendError(reply, 400, fault)
    const providerName = fieldOf(body, 'providerName') ?? null
    if (providerName !== null && typeof providerName !== 'string') {
      return sendError(
        reply,
        400,
        invalidRequest('"providerName" must be a string, or be omitted.', 'providerName', 'invalid_provider'),
      )
    }
    const candidate = candidateIn(providerName, fieldOf(body, 'sealed') ?? null)
    if (candidate === 'invalid') {
      const text = '"sealed" must be a key sealed to this gateway, beside "providerName".'
      return sendError(reply, 400, invalidRequest(text, 'sealed', 'invalid_key'))
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
      candidate === null
        ? checkKeys(deps, providerName)
        : checkCandidate(deps, candidate).then(one => (one === null ? [] : [one]))
    const keys = await checking.finally(() => {
      runningCount--
    })
    if (candidate === null) deps.onKeysChecked()
    if (keys.length === 0 && providerName !== null) {
      const message = `Unknown provider "${providerName}": "quotakeeper providers list" lists the existing ones.`
      return sendError(reply, 404, invalidRequest(message, 'providerName', 'unknown_provider'))
    }
    return { keys }
  })
}

/** Why this is no body of such a request; null where it may be one. A body that is misread would check every key. */
function faultOf(body: unknown): OpenAiError | null {
  if (!isObject(body)) return invalidRequest('The body must be a JSON object.', null, 'invalid_json')
  const unknown = Object.keys(body).find(name => !fields.includes(name))
  if (unknown === undefined) return null
  const message = `Unknown field "${unknown.slice(0, 100)}": "providerName" names the provider whose key is checked; a new key is entered by "quotakeeper providers add" or the dashboard, not here.`
  return invalidRequest(message, unknown.slice(0, 100), 'invalid_request')
}

/** Null without a key in the body. */
function candidateIn(providerName: string | null, sealed: unknown): Candidate | null | 'invalid' {
  if (sealed === null) return null
  if (providerName === null) return 'invalid'
  const ciphertext = fieldOf(sealed, 'ciphertext')
  const keyPairId = fieldOf(sealed, 'keyPairId')
  const isSealed =
    typeof ciphertext === 'string' &&
    /^[\w-]{1,8192}$/.test(ciphertext) &&
    typeof keyPairId === 'string' &&
    /^[0-9a-f]{16}$/.test(keyPairId)
  return isSealed ? { providerName, sealed: { ciphertext, keyPairId } } : 'invalid'
}
