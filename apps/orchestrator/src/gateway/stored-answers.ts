import type { FastifyInstance } from 'fastify'
import { invalidRequest } from '../endpoints/openai-error.js'
import { callHolder } from '../routing/call-holder.js'
import { holderOf } from '../routing/holder-of.js'
import { overloaded } from '../routing/refusal.js'
import type { RouteDeps } from '../routing/route-deps.js'
import { AnswerMemory } from '../vendors/answer-memory.js'
import type { MemoryBudget } from './body/memory-budget.js'
import { callerOfRequest } from './caller-of-request.js'
import type { CallsInFlight } from './calls-in-flight.js'
import { sendError, sendRefusal } from './send-error.js'
import { sendOutcome } from './send-outcome.js'

/** What is served of a stored answer, by its path. */
const served = [
  { method: 'GET', path: '/v1/responses/:id' },
  { method: 'GET', path: '/v1/responses/:id/input_items' },
  { method: 'DELETE', path: '/v1/responses/:id' },
  { method: 'POST', path: '/v1/responses/:id/cancel' },
] as const

/** The paths of stored answers. */
export const storedPaths: readonly string[] = [...new Set(served.map(({ path }) => path))]

/** Serves answers that a vendor has stored: they are read, deleted and cancelled at the key that made them. */
export function storedAnswers(
  app: FastifyInstance,
  deps: RouteDeps,
  { calls, budget }: { readonly calls: CallsInFlight; readonly budget: MemoryBudget },
): void {
  for (const { method, path } of served) {
    app.route<{ Params: { readonly id: string } }>({
      method,
      url: path,
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        const { id } = request.params
        const query = passedOn(request.url)
        if (query.get('stream') === 'true') return sendError(reply, 400, notStreamed)
        // It becomes a part of the vendor's path.
        if (!/^\w[\w.:=+-]*$/.test(id)) return sendError(reply, 400, invalidId)
        const { tokenConsumer } = request
        const holder = holderOf(deps, { id, tokenConsumer })
        if (!holder.ok) return sendError(reply, holder.error.httpStatus, holder.error)
        const caller = callerOfRequest(request)
        const signal = calls.enter(reply, caller)
        if (signal === null) return sendRefusal(reply, overloaded(deps.clock()), deps)
        const memory = new AnswerMemory(budget, caller)
        reply.raw.once('close', () => memory.close())
        const { provider } = holder
        const base = provider.endpoints.get('responses') ?? 'responses'
        const rest = path.replace('/v1/responses/:id', `/${encodeURIComponent(id)}`)
        const at = query.size === 0 ? `${base}${rest}` : `${base}${rest}?${query}`
        const isOfConsumer = tokenConsumer !== null
        const outcome = await callHolder(deps, provider, { method, path: at, memory, signal, isOfConsumer })
        return sendOutcome(reply, { ...outcome, attemptCount: 1 }, { deps, isOfConsumer })
      },
    })
  }
}

/** A request's query without what is Azure's, which the provider's address has where it is at Azure. */
function passedOn(url: string): URLSearchParams {
  const query = new URLSearchParams(url.split('?')[1])
  query.delete('api-version')
  return query
}

const notStreamed = invalidRequest(
  'Stored answers are not streamed here: leave "stream" out, and read it whole.',
  'stream',
  'unsupported',
)

const invalidId = invalidRequest('This is no id of a stored answer.', 'response_id', 'invalid_id')
