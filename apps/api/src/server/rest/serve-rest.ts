import type { QuotaService } from '@quotakeeper/quota-core'
import { callTRPCProcedure, getTRPCErrorFromUnknown } from '@trpc/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../../router/context.js'
import { appRouter } from '../../router/root.js'
import { toTrpcError } from '../../router/to-trpc-error.js'
import { needsToken } from '../../router/trpc.js'
import { askForToken, callerOf } from '../access/caller.js'
import { goneSignal } from '../gone-signal.js'
import { isLongAnswer, jsonText } from '../json-text.js'
import { type Denial, isDenial, limitsAtFault, problemOfDenial, refusalsOf } from './denial.js'
import { type ProblemResponse, problemMediaType, problemOfError } from './problem.js'
import {
  inputFromBody,
  inputFromQuery,
  inputJsonSchema,
  parseJsonBody,
  refuseQuery,
  withPath,
} from './read-input.js'
import { type RestRoute, restRoutes } from './rest-routes.js'
import { standing } from './standing.js'

/** Path prefix of the REST routes. */
export const restPrefix = '/api/v1'

/** Most providers whose limits are read for the headers of a denial. */
const maxProvidersListed = 10

/** Serves the procedures as REST routes. */
export function serveRest(app: FastifyInstance, services: Services): void {
  app.register(
    async scope => {
      askForToken(scope, async (_request, reply) =>
        sendProblem(reply, problemOfError(needsToken(), services.configFile)),
      )
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, parseJsonBody)
      for (const route of restRoutes) {
        scope.route<{ Params: Readonly<Record<string, string>> }>({
          method: route.method,
          url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
          handler: (request, reply) => answer({ route, request, reply, services }),
        })
      }
    },
    { prefix: restPrefix },
  )
}

interface Exchange {
  readonly route: RestRoute
  readonly request: FastifyRequest<{ Params: Readonly<Record<string, string>> }>
  readonly reply: FastifyReply
  readonly services: Services
}

async function answer(exchange: Exchange): Promise<FastifyReply> {
  const { route, reply, services } = exchange
  const { service, configFile } = services
  try {
    const result = await call(exchange)
    // Procedures without input do not ask for it. After the call, which has refused those who may not make it.
    if (route.input === null && route.type === 'query') refuseQuery(queryOf(exchange.request), noFields)
    if (route.mayDeny !== true || !isDenial(result)) return sendJson(reply, result)
    return sendProblem(reply, await denialProblem(service, result, exchange.request.body))
  } catch (error) {
    const known = toTrpcError(getTRPCErrorFromUnknown(error), configFile)
    return sendProblem(reply, problemOfError(known, configFile))
  }
}

async function call({ route, request, reply, services }: Exchange): Promise<unknown> {
  const ctx = { caller: callerOf(request), ...services }
  return callTRPCProcedure({
    router: appRouter,
    path: route.procedure,
    type: route.type,
    ctx,
    getRawInput: async () => inputOf(route, request),
    // Of changes only those that ask a gateway follow it: a vendor's call ends with its caller.
    signal: goneSignal(reply),
    batchIndex: 0,
  })
}

const noFields = 'is not a known field: this route has none; leave it out'

function inputOf(route: RestRoute, request: Exchange['request']): unknown {
  const { body, params } = request
  const query = queryOf(request)
  if (route.method === 'POST' || route.method === 'PUT') {
    refuseQuery(query, `a ${route.method} has its fields in the body; move it there, or leave it out`)
    return withPath(inputFromBody(body), params, 'body')
  }
  const schema = route.input === null ? {} : inputJsonSchema(route.input)
  return withPath(inputFromQuery(query, schema), params, 'query')
}

function queryOf({ url }: Exchange['request']): URLSearchParams {
  return new URLSearchParams(url.split('?', 2)[1] ?? '')
}

async function denialProblem(
  service: QuotaService,
  denial: Denial,
  asked: unknown,
): Promise<ProblemResponse> {
  const refusals = refusalsOf(denial, asked)
  const names = [...new Set(refusals.map(({ providerName }) => providerName))].slice(0, maxProvidersListed)
  const { stats, nowMs } = await standing(service, names)
  return problemOfDenial(denial, limitsAtFault(refusals, stats), nowMs)
}

async function sendJson(reply: FastifyReply, result: unknown): Promise<FastifyReply> {
  if (!isLongAnswer(result)) return reply.send(result)
  return reply.type('application/json; charset=utf-8').send(await jsonText(result))
}

function sendProblem(reply: FastifyReply, { problem, headers }: ProblemResponse): FastifyReply {
  return reply.code(problem.status).headers(headers).type(problemMediaType).send(problem)
}
