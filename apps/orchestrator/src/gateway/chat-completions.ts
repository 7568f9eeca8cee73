import type { FastifyInstance, FastifyReply } from 'fastify'
import { fieldOf } from '../counting/json-value.js'
import { chatDoor } from '../doors/chat-door.js'
import { overloaded } from '../route/refusal.js'
import { routeCall } from '../route/route-call.js'
import type { RouteOutcome, RouteWorld } from '../route/routed-request.js'
import type { CallsInFlight } from './calls-in-flight.js'
import { invalidRequest, sendError, sendRefusal } from './openai-error.js'
import { readRequest } from './read-request.js'

/** Serves `POST /v1/chat/completions`. */
export function chatCompletions(app: FastifyInstance, world: RouteWorld, calls: CallsInFlight): void {
  app.post<{ Body: string }>('/v1/chat/completions', async (request, reply) => {
    const text = request.body ?? ''
    const read = readRequest(text)
    if (!read.ok) return sendError(reply, 400, read.error)
    const { body, model } = read
    if (fieldOf(body, 'stream') === true) return sendError(reply, 400, notStreamed)
    const signal = calls.enter(reply)
    if (signal === null) return sendRefusal(reply, overloaded(world.clock()), world.clock())
    const requestId = request.id
    const outcome = await routeCall(world, { requestId, door: chatDoor, model, text, body, signal })
    const { kind, attemptCount } = outcome
    request.log.debug({ requestId, model, kind, attemptCount }, 'routed')
    return sendOutcome(reply, outcome, world.clock())
  })
}

const notStreamed = invalidRequest(
  'Streaming is not served yet: leave "stream" out, or set it to false.',
  'stream',
  'unsupported_value',
)

function sendOutcome(reply: FastifyReply, outcome: RouteOutcome, nowMs: number): FastifyReply {
  const { attemptCount } = outcome
  if (attemptCount > 0) reply.header('x-quotakeeper-attempts', String(attemptCount))
  switch (outcome.kind) {
    case 'answer': {
      const { httpStatus, contentType, body } = outcome.answer
      reply.header('x-quotakeeper-provider', headerText(outcome.providerName))
      return reply.code(httpStatus).header('content-type', contentType).send(body)
    }
    case 'refusal':
      return sendRefusal(reply, outcome.refusal, nowMs)
    case 'gone':
      // Nobody reads it, unless it was the gateway that had to end.
      return sendError(reply, 503, {
        type: 'server_error',
        code: 'shutting_down',
        message: 'The gateway is stopping. Try again shortly.',
        param: null,
      })
  }
}

/** Names may have letters that headers cannot carry. */
function headerText(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) ? name : encodeURIComponent(name)
}
