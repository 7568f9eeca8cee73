import { consumerSchema, nameInputSchema, setEnabledSchema, uuidV7 } from '@quotakeeper/quota-core'
import { consumersSchema } from './consumers-input.js'
import { adminProcedure, procedure, router } from './trpc.js'

/** Consumers: whom calls are for, and their limits. */
export const consumersRouter = router({
  list: procedure
    .input(consumersSchema)
    .query(({ ctx, input, signal }) => ctx.service.consumers.list(input, { signal })),

  get: procedure.input(nameInputSchema).query(({ ctx, input }) => ctx.service.consumers.get(input.name)),

  stats: procedure.input(nameInputSchema).query(({ ctx, input }) => ctx.service.consumers.stats(input.name)),

  allStats: procedure
    .input(consumersSchema)
    .query(({ ctx, input, signal }) => ctx.service.consumers.allStats(input, { signal })),

  upsert: adminProcedure
    .input(consumerSchema)
    .mutation(({ ctx, input }) =>
      ctx.service.consumers.upsert(input, { actor: ctx.caller.actor, managedBy: 'api' }),
    ),

  remove: adminProcedure.input(nameInputSchema).mutation(async ({ ctx, input }) => {
    await ctx.service.consumers.remove(input.name, { actor: ctx.caller.actor, managedBy: 'api' })
    return { name: input.name }
  }),

  setEnabled: adminProcedure
    .input(setEnabledSchema)
    .mutation(({ ctx, input }) => ctx.service.consumers.setEnabled(input, ctx.caller.actor)),

  reset: adminProcedure
    .input(nameInputSchema)
    .mutation(({ ctx, input }) =>
      ctx.service.consumers.reset(input.name, { id: uuidV7(), actor: ctx.caller.actor }),
    ),
})
