import { planCall } from '../routing/plan-call.js'
import { routingExplainSchema, routingUpdateSchema } from '../routing/routing-input.js'
import { routedProvider } from './routed-provider.js'
import { adminProcedure, gatewayProcedure, readProcedure, router } from './trpc.js'

/** Which key takes a call: strategy, aliases, wait and priorities. */
export const routingRouter = router({
  /** For gateways. Contains names of key variables, never keys. */
  get: gatewayProcedure.query(async ({ ctx }) => {
    const [settings, providers] = await Promise.all([ctx.routing.forGateways(), ctx.service.providers()])
    return { ...settings, keySalt: ctx.keySalt, providers: providers.map(routedProvider) }
  }),

  /** The settings in effect, who has made them, and the order of the providers. */
  settings: readProcedure.query(({ ctx }) => ctx.routing.view()),

  /** Replaces the settings made over the API, for every replica and gateway. */
  update: adminProcedure
    .input(routingUpdateSchema)
    .mutation(({ ctx, input }) => ctx.routing.update(input, ctx.caller.actor)),

  /** Changes nothing. A mutation, since queries are sent in the URL, which has no room for many aliases. */
  explain: readProcedure.input(routingExplainSchema).mutation(({ ctx, input }) => planCall(ctx, input)),
})
