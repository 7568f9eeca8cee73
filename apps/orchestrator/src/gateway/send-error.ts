import type { FastifyReply } from 'fastify'
import type { Refusal } from '../routing/refusal.js'
import type { RouteWorld } from '../routing/routed-request.js'

/** Beyond this a client's own retries would only hammer. */
const longestRetryMs = 60_000

/** The fields of an error in OpenAI's shape. */
export type OpenAiError = Pick<Refusal, 'type' | 'code' | 'message' | 'param'>

/** Answers with an error in OpenAI's shape. */
export function sendError(
  reply: FastifyReply,
  httpStatus: number,
  { message, type, code, param }: OpenAiError,
): FastifyReply {
  return reply
    .code(httpStatus)
    .type('application/json; charset=utf-8')
    .send({ error: { message, type, param, code } })
}

/** Answers with a refusal, saying when to come again where that is known: others who are told the same, a little later. */
export function sendRefusal(
  reply: FastifyReply,
  refusal: Refusal,
  { clock, returns }: Pick<RouteWorld, 'clock' | 'returns'>,
): FastifyReply {
  const { retryAtMs } = refusal
  if (retryAtMs !== null) {
    const nowMs = clock()
    const isNear = retryAtMs - nowMs <= longestRetryMs
    const spreadMs = returns.spread(retryAtMs, nowMs) - nowMs
    // What clients wait for themselves must not become what they don't.
    const retryAfterMs = Math.max(1, Math.ceil(isNear ? Math.min(spreadMs, longestRetryMs) : spreadMs))
    reply.header('retry-after', String(Math.ceil(retryAfterMs / 1_000)))
    // Read by OpenAI's and Anthropic's clients before the other, which has whole seconds.
    reply.header('retry-after-ms', String(retryAfterMs))
    if (!isNear) reply.header('x-should-retry', 'false')
  }
  if (refusal.isRetryVain === true) reply.header('x-should-retry', 'false')
  return sendError(reply, refusal.httpStatus, refusal)
}

/** An error of the request itself. */
export function invalidRequest(message: string, param: string | null, code: string): OpenAiError {
  return { type: 'invalid_request_error', code, message, param }
}
