import { challenge } from '@quotakeeper/server-kit'
import type { TRPCError } from '@trpc/server'
import { type FastifyHandlerOptions, fastifyRequestHandler } from '@trpc/server/adapters/fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context, Services } from '../../router/context.js'
import { type AppRouter, appRouter } from '../../router/root.js'
import { retryHeaders } from '../../router/to-trpc-error.js'
import { askForToken, callerOf } from '../access/caller.js'
import { goneSignal } from '../gone-signal.js'
import { isLongAnswer, jsonText, type LongAnswer } from '../json-text.js'
import { bodyText } from '../rest/read-input.js'
import { answerCalls, type CallsAnswer } from './answer-calls.js'
import { callsWithoutInput, readCalls } from './read-calls.js'

/** Most calls in one request. */
const maxBatchSize = 100

/**
 * Serves the router at `/trpc`, for tRPC clients and curl. Usual calls bypass tRPC's adapter, which creates a web
 * request, response and streams for each: 8,100 instead of 3,700 calls a second.
 */
export function serveTrpc(app: FastifyInstance, services: Services): void {
  const contextOf = (req: FastifyRequest): Context => ({
    caller: callerOf(req),
    ...services,
  })
  const options: FastifyHandlerOptions<AppRouter, FastifyRequest, FastifyReply> = {
    router: appRouter,
    createContext: ({ req }) => contextOf(req),
    maxBatchSize,
    responseMeta: ({ errors, type }) => ({
      headers: new Headers([
        ...Object.entries(errorHeaders(errors)),
        // Streams end when the server closes, which would otherwise wait for their connections.
        ...(type === 'subscription' ? [['connection', 'close'] as [string, string]] : []),
      ]),
    }),
  }
  // A separate scope: tRPC parses bodies itself, and its plugin would also accept forms.
  app.register(async scope => {
    askForToken(scope, async (request, reply) => {
      const { path } = request.params as TrpcRoute['Params']
      return sendAnswer(reply, await answerCalls(callsWithoutInput(request, path), contextOf(request)))
    })
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer' },
      async (_request: unknown, body: Buffer) => bodyText(body),
    )
    scope.route<TrpcRoute>({
      method: ['GET', 'POST'],
      // tRPC has no HEAD, which Fastify would derive from GET.
      exposeHeadRoute: false,
      url: '/trpc/:path',
      handler: async (req, res) => {
        const calls = readCalls(req, req.params.path, maxBatchSize)
        if (calls !== null) {
          // A sent mutation is executed even if the client disconnects.
          const signal = req.method === 'GET' ? goneSignal(res) : undefined
          return sendAnswer(res, await answerCalls(calls, contextOf(req), signal))
        }
        await fastifyRequestHandler({ ...options, req, res, path: req.params.path })
        return res
      },
    })
  })
}

interface TrpcRoute {
  readonly Params: { readonly path: string }
}

async function sendAnswer(
  reply: FastifyReply,
  { httpStatus, body, errors }: CallsAnswer,
): Promise<FastifyReply> {
  return reply
    .code(httpStatus)
    .headers({ ...answerHeaders, ...errorHeaders(errors) })
    .send(await answerText(body))
}

/** Like `JSON.stringify`, with long answers in parts. */
async function answerText(body: unknown): Promise<string> {
  if (!(Array.isArray(body) ? body.some(isLong) : isLong(body))) return JSON.stringify(body)
  if (!Array.isArray(body)) return `{"result":{"data":${await jsonText(dataOf(body) ?? {})}}}`
  const texts: string[] = []
  for (const each of body) texts.push(await answerText(each))
  return `[${texts.join(',')}]`
}

function isLong(body: unknown): boolean {
  return dataOf(body) !== undefined
}

/** The data of a result, if long. */
function dataOf(body: unknown): LongAnswer | undefined {
  // As created by `answerCalls`: results and errors.
  const { result } = body as { readonly result?: { readonly data: unknown } }
  return isLongAnswer(result?.data) ? result.data : undefined
}

/** The same headers as tRPC's adapter. */
const answerHeaders = { 'content-type': 'application/json', vary: 'trpc-accept, accept' }

function errorHeaders(errors: readonly TRPCError[]): Readonly<Record<string, string>> {
  const isChallenged = errors.some(error => error.code === 'UNAUTHORIZED')
  return {
    ...(isChallenged ? { 'www-authenticate': challenge } : {}),
    ...Object.assign({}, ...errors.map(retryHeaders)),
  }
}
