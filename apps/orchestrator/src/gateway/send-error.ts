import type { FastifyReply } from 'fastify'
import type { GatewayError, Retry } from '../endpoints/gateway-error.js'
import { invalidRequest, writeOpenAiError } from '../endpoints/openai-error.js'
import type { Refusal } from '../routing/refusal.js'
import type { RouteDeps } from '../routing/route-deps.js'
import { dialectOf } from './dialect-of.js'

/** Beyond this a client's own retries would only hammer. */
const longestRetryMs = 60_000

/** An error beside its status. */
export type OpenAiError = Omit<GatewayError, 'httpStatus'>

/** Answers with an error in the shape of the route's endpoint, or of the path; in OpenAI's for all others. */
export function sendError(reply: FastifyReply, httpStatus: number, error: OpenAiError): FastifyReply {
  const written = (dialectOf(reply.request)?.writeError ?? writeOpenAiError)({ httpStatus, ...error })
  return reply
    .code(written.httpStatus)
    .headers(written.headers)
    .type('application/json; charset=utf-8')
    .send(written.body)
}

/** Answers with a refusal, saying when to come again where that is known. */
export function sendRefusal(
  reply: FastifyReply,
  { retryAtMs, httpStatus, ...error }: Refusal,
  deps: Pick<RouteDeps, 'clock' | 'returns'>,
): FastifyReply {
  const retry = retryAtMs === null ? null : retryAt(retryAtMs, deps)
  return sendError(reply, httpStatus, { ...error, retry })
}

/** Clients that wait for one return are spread: others than the first come a little later. */
function retryAt(atMs: number, { clock, returns }: Pick<RouteDeps, 'clock' | 'returns'>): Retry {
  const nowMs = clock()
  const isNear = atMs - nowMs <= longestRetryMs
  const spreadMs = returns.spread(atMs, nowMs) - nowMs
  // What clients wait for themselves must not become what they don't.
  const afterMs = Math.max(1, Math.ceil(isNear ? Math.min(spreadMs, longestRetryMs) : spreadMs))
  return { atMs, afterMs, isNear }
}

/** The media type of a body is not the one that is taken here. */
export function wrongContentType(contentType: string): OpenAiError {
  const kind = contentType === 'application/json' ? 'Send JSON' : 'Send another content type'
  return invalidRequest(`${kind}, with "Content-Type: ${contentType}".`, null, 'invalid_content_type')
}
