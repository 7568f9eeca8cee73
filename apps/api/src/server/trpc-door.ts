import { type FastifyHandlerOptions, fastifyRequestHandler } from '@trpc/server/adapters/fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../router/context.js'
import { type AppRouter, appRouter } from '../router/root.js'
import type { AccessSettings } from '../settings.js'
import { callerOf } from './access/caller-of.js'
import { challenge } from './access/challenge.js'

/** Most calls in one request. */
const maxBatchSize = 100

/** What both doors need. */
export interface DoorOptions {
  readonly services: Services
  readonly access: AccessSettings
}

/** Serves the router at `/trpc`, to tRPC clients and to curl. */
export function trpcDoor(app: FastifyInstance, { services, access }: DoorOptions): void {
  const options: FastifyHandlerOptions<AppRouter, FastifyRequest, FastifyReply> = {
    router: appRouter,
    createContext: ({ req }) => ({ ...services, caller: callerOf(req.headers.authorization, access) }),
    maxBatchSize,
    responseMeta: ({ errors }) =>
      errors.some(error => error.code === 'UNAUTHORIZED')
        ? { headers: new Headers({ 'www-authenticate': challenge }) }
        : {},
  }
  // A scope of its own: tRPC parses bodies itself, and tRPC's plugin would accept forms besides.
  app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    )
    scope.route<{ Params: { readonly path: string } }>({
      method: ['GET', 'POST'],
      url: '/trpc/:path',
      handler: async (req, res) => {
        await fastifyRequestHandler({ ...options, req, res, path: req.params.path })
        return res
      },
    })
  })
}
