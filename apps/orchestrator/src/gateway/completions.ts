import type { FastifyInstance, FastifyReply } from 'fastify'
import { fieldOf } from '../counting/json-value.js'
import { chatDoor } from '../doors/chat-door.js'
import type { Door } from '../doors/door.js'
import { embeddingsDoor } from '../doors/embeddings-door.js'
import { overloaded } from '../route/refusal.js'
import { routeCall } from '../route/route-call.js'
import type { RouteOutcome, RouteWorld } from '../route/routed-request.js'
import { traceOf } from '../trace/trace-of.js'
import { AnswerMemory } from '../vendor/answer-memory.js'
import type { MemoryBudget } from './body/memory-budget.js'
import type { CallsInFlight } from './calls-in-flight.js'
import { sendError, sendRefusal } from './openai-error.js'
import { readRequest } from './read-request.js'

/** Serves `POST /v1/chat/completions`, whole and streamed, and `POST /v1/embeddings`. */
export function completions(
  app: FastifyInstance,
  world: RouteWorld,
  { calls, budget }: { readonly calls: CallsInFlight; readonly budget: MemoryBudget },
): void {
  for (const door of [chatDoor, embeddingsDoor]) serveDoor({ app, door, world, calls, budget })
}

function serveDoor({
  app,
  door,
  world,
  calls,
  budget,
}: {
  readonly app: FastifyInstance
  readonly door: Door
  readonly world: RouteWorld
  readonly calls: CallsInFlight
  readonly budget: MemoryBudget
}): void {
  app.post<{ Body: string }>(`/v1${door.path}`, async (request, reply) => {
    const text = request.body ?? ''
    const read = readRequest(text, request.headers)
    if (!read.ok) return sendError(reply, 400, read.error)
    const { body, model, consumer } = read
    const signal = calls.enter(reply)
    if (signal === null) return sendRefusal(reply, overloaded(world.clock()), world)
    const memory = new AnswerMemory(budget)
    reply.raw.once('close', () => memory.close())
    const requestId = request.id
    const cameAtMs = world.clock()
    const isStream = door.stream !== null && fieldOf(body, 'stream') === true
    const outcome = await routeCall(world, {
      requestId,
      consumer,
      door,
      model,
      text,
      body,
      isStream,
      memory,
      signal,
    })
    const { kind, attemptCount } = outcome
    request.log.debug({ requestId, model, kind, attemptCount }, 'routed')
    world.traces.add(traceOf({ requestId, model, isStream, cameAtMs, outcome, world }))
    return sendOutcome(reply, outcome, world)
  })
}

function sendOutcome(reply: FastifyReply, outcome: RouteOutcome, world: RouteWorld): FastifyReply {
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
