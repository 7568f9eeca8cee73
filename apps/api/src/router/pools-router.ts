import { nameInputSchema, poolSchema } from '@quotakeeper/quota-core'
import { listSchema, pageByName } from './lists.js'
import { adminProcedure, readProcedure, router } from './trpc.js'

/** Pools: quotas shared by several providers. */
export const poolsRouter = router({
  list: readProcedure
    .input(listSchema)
    .query(async ({ ctx, input }) => pageByName(await ctx.service.pools(), input)),

  upsert: adminProcedure
    .input(poolSchema)
    .mutation(({ ctx, input }) =>
      ctx.service.upsertPool(input, { actor: ctx.caller.actor, managedBy: 'api' }),
    ),

  remove: adminProcedure.input(nameInputSchema).mutation(async ({ ctx, input }) => {
    await ctx.service.removePool(input.name, { actor: ctx.caller.actor, managedBy: 'api' })
    return { name: input.name }
  }),
})
