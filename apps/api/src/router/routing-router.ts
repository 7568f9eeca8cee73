import { routedProvider } from './routed-provider.js'
import { gatewayProcedure, router } from './trpc.js'

/** Routing configuration for gateways. */
export const routingRouter = router({
  /** Contains names of key variables, never keys. */
  get: gatewayProcedure.query(async ({ ctx }) => ({
    ...ctx.routing,
    keySalt: ctx.keySalt,
    providers: (await ctx.service.providers()).map(routedProvider),
  })),
})
