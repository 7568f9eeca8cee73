import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Endpoint } from '../endpoints/endpoint.js'
import { overloaded } from '../routing/refusal.js'
import { routeCall } from '../routing/route-call.js'
import type { RouteDeps } from '../routing/route-deps.js'
import type { RouteOutcome } from '../routing/routed-request.js'
import { traceOf } from '../routing/trace/request-trace.js'
import { AnswerMemory } from '../vendors/answer-memory.js'
import type { MemoryBudget } from './body/memory-budget.js'
import type { CallsInFlight } from './calls-in-flight.js'
import { readNames } from './read-names.js'
import { sendError, sendRefusal, wrongContentType } from './send-error.js'

/** What serving an endpoint takes. */
interface Serving {
  readonly endpoints: readonly Endpoint[]
  readonly calls: CallsInFlight
  readonly budget: MemoryBudget
}

/** Serves the endpoints: each reads its requests, all are routed in the same way. */
export function serveEndpoints(app: FastifyInstance, world: RouteDeps, serving: Serving): void {
  for (const endpoint of serving.endpoints) serveEndpoint(app, world, { ...serving, endpoint })
}

function serveEndpoint(
  app: FastifyInstance,
  world: RouteDeps,
  { endpoint, calls, budget }: Serving & { readonly endpoint: Endpoint },
): void {
  app.post<{ Body: string | Buffer | undefined }>(
    endpoint.path,
    { config: { endpoint } },
    async (request, reply) => {
      const { body = '', headers } = request
      // The media type of another endpoint has a parser, too.
      if (body !== '' && (typeof body === 'string') !== (endpoint.contentType === 'application/json'))
        return sendError(reply, 415, wrongContentType(endpoint.contentType))
      const read = endpoint.readRequest({ body, headers })
      if (!read.ok) return sendError(reply, read.error.httpStatus, read.error)
      const asked = read.request
      const names = readNames(asked.model, headers)
      if (!names.ok) return sendError(reply, names.error.httpStatus, names.error)
      const signal = calls.enter(reply)
      if (signal === null) return sendRefusal(reply, overloaded(world.clock()), world)
      const memory = new AnswerMemory(budget)
      reply.raw.once('close', () => memory.close())
      const requestId = request.id
      const cameAtMs = world.clock()
      const { consumer } = names
      const outcome = await routeCall(world, { requestId, consumer, asked, memory, signal })
      const { kind, attemptCount } = outcome
      const { model } = asked
      request.log.debug({ requestId, model, kind, attemptCount }, 'routed')
      const isStream = asked.stream !== null
      world.traces.add(traceOf({ requestId, model, isStream, cameAtMs, outcome, world }))
      return sendOutcome(reply, outcome, world)
    },
  )
}

function sendOutcome(reply: FastifyReply, outcome: RouteOutcome, world: RouteDeps): FastifyReply {
  const { attemptCount } = outcome
  if (attemptCount > 0) reply.header('x-quotakeeper-attempts', String(attemptCount))
  switch (outcome.kind) {
    case 'answer': {
      const { httpStatus, contentType, body } = outcome.answer
      reply.header('x-quotakeeper-provider', headerText(outcome.providerName))
      // A proxy in between is to pass events on as they come.
      if (!Buffer.isBuffer(body)) reply.header('x-accel-buffering', 'no')
      return reply.code(httpStatus).header('content-type', contentType).send(body)
    }
    case 'refusal':
      return sendRefusal(reply, outcome.refusal, world)
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
