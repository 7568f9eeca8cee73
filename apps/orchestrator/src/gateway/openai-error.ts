import type { FastifyReply } from 'fastify'
import type { Refusal } from '../route/refusal.js'

/** Beyond this a client's own retries would only hammer. */
const longestRetrySeconds = 60

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

/** Answers with a refusal, saying when to come again where that is known. */
export function sendRefusal(reply: FastifyReply, refusal: Refusal, nowMs: number): FastifyReply {
  const { retryAtMs } = refusal
  if (retryAtMs !== null) {
    const retryAfterSeconds = Math.max(1, Math.ceil((retryAtMs - nowMs) / 1_000))
    reply.header('retry-after', String(retryAfterSeconds))
    if (retryAfterSeconds > longestRetrySeconds) reply.header('x-should-retry', 'false')
  }
  if (refusal.isRetryVain === true) reply.header('x-should-retry', 'false')
  return sendError(reply, refusal.httpStatus, refusal)
}

/** An error of the request itself. */
export function invalidRequest(message: string, param: string | null, code: string): OpenAiError {
  return { type: 'invalid_request_error', code, message, param }
}
