import type { FastifyInstance } from 'fastify'
import type { Endpoint } from '../endpoints/endpoint.js'
import type { FormBody } from '../endpoints/form-body.js'
import { figuresOfTurnedAway } from '../routing/figures/figures-of-attempt.js'
import { overloaded } from '../routing/refusal.js'
import { routeCall } from '../routing/route-call.js'
import type { RouteDeps } from '../routing/route-deps.js'
import { traceOf } from '../routing/trace/request-trace.js'
import { AnswerMemory } from '../vendors/answer-memory.js'
import type { MemoryBudget } from './body/memory-budget.js'
import { callerOfRequest } from './caller-of-request.js'
import type { CallsInFlight } from './calls-in-flight.js'
import type { PathForms } from './path-forms.js'
import { readNames } from './read-names.js'
import { sendError, sendRefusal, wrongContentType } from './send-error.js'
import { sendOutcome } from './send-outcome.js'

/** What serving an endpoint takes. */
interface Serving {
  readonly endpoints: readonly Endpoint[]
  readonly forms: PathForms
  readonly calls: CallsInFlight
  readonly budget: MemoryBudget
}

/** Serves the endpoints: each reads its requests, all are routed in the same way. */
export function serveEndpoints(app: FastifyInstance, deps: RouteDeps, serving: Serving): void {
  for (const endpoint of serving.endpoints) serveEndpoint(app, deps, { ...serving, endpoint })
}

function serveEndpoint(
  app: FastifyInstance,
  deps: RouteDeps,
  { endpoint, forms, calls, budget }: Serving & { readonly endpoint: Endpoint },
): void {
  app.post<{ Body: string | Buffer | FormBody | undefined; Params: Readonly<Record<string, string>> }>(
    endpoint.path,
    { config: { endpoint } },
    async (request, reply) => {
      const { body = '', headers } = request
      // The media type of another endpoint has a parser, too.
      if (body !== '' && kindOf(body) !== bodyKindOf(endpoint))
        return sendError(reply, 415, wrongContentType(endpoint.contentType))
      const requestId = request.id
      const cameAtMs = deps.clock()
      const model = forms.modelOf(request.raw)
      const read = endpoint.readRequest({
        body,
        headers,
        query: new URLSearchParams(request.url.split('?')[1]),
        parameters: model === null ? request.params : { ...request.params, model },
        ...{ id: requestId, cameAtMs },
      })
      if (!read.ok) return sendError(reply, read.error.httpStatus, read.error)
      const asked = read.request
      const names = readNames(asked, headers, deps.routing.current())
      if (!names.ok) return sendError(reply, names.error.httpStatus, names.error)
      const caller = callerOfRequest(request)
      const signal = calls.enter(reply, caller)
      if (signal === null) return sendRefusal(reply, overloaded(deps.clock()), deps)
      const memory = new AnswerMemory(budget, caller)
      reply.raw.once('close', () => memory.close())
      // The header may name a consumer below the token's: checked with the token.
      const { tokenConsumer } = request
      const consumer = names.consumer === '' ? (tokenConsumer ?? '') : names.consumer
      const { endUser } = names
      const outcome = await routeCall(deps, {
        ...{ requestId, consumer, endUser, tokenConsumer, asked, memory, signal },
      })
      const { kind, attemptCount } = outcome
      request.log.debug({ requestId, model: asked.model, kind, attemptCount }, 'routed')
      const instead = kind === 'refusal' ? (asked.answerInstead?.(outcome.refusal) ?? null) : null
      if (instead !== null) return reply.headers(instead.headers).send(instead.body)
      const isStream = asked.stream !== null
      deps.traces.add(traceOf({ requestId, model: asked.model, consumer, isStream, cameAtMs, outcome, deps }))
      if (kind === 'refusal' && attemptCount === 0)
        deps.figures.add(figuresOfTurnedAway({ model: asked.model, consumer, cameAtMs }))
      return sendOutcome(reply, outcome, { deps, isOfConsumer: tokenConsumer !== null })
    },
  )
}

type BodyKind = 'text' | 'form' | 'bytes'

function bodyKindOf({ contentType, isStoredForm }: Endpoint): BodyKind {
  if (isStoredForm === true) return 'form'
  return contentType === 'application/json' ? 'text' : 'bytes'
}

function kindOf(body: string | Buffer | FormBody): BodyKind {
  if (typeof body === 'string') return 'text'
  return Buffer.isBuffer(body) ? 'bytes' : 'form'
}
