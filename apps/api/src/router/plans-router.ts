import { nameInputSchema, planSchema } from '@quotakeeper/quota-core'
import { listSchema, pageByName } from './lists.js'
import { adminProcedure, readProcedure, router } from './trpc.js'

/** Plans: limits that many consumers take over. */
export const plansRouter = router({
  list: readProcedure
    .input(listSchema)
    .query(async ({ ctx, input }) => pageByName(await ctx.service.consumers.plans(), input)),

  upsert: adminProcedure
    .input(planSchema)
    .mutation(({ ctx, input }) =>
      ctx.service.consumers.upsertPlan(input, { actor: ctx.caller.actor, managedBy: 'api' }),
    ),

  remove: adminProcedure.input(nameInputSchema).mutation(async ({ ctx, input }) => {
    await ctx.service.consumers.removePlan(input.name, { actor: ctx.caller.actor, managedBy: 'api' })
    return { name: input.name }
  }),
})
