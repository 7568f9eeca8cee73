import { routedProvider } from './routed-provider.js'
import { procedure, router } from './trpc.js'

/** Routing configuration for gateways beside the quotas. */
export const routingRouter = router({
  /** Names of variables that hold keys, never keys. */
  get: procedure.query(async ({ ctx }) => ({
    ...ctx.routing,
    keySalt: ctx.keySalt,
    providers: (await ctx.service.providers()).map(routedProvider),
  })),
})
