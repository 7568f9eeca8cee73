import {
  type ConsumerStats,
  consumerSchema,
  consumersSchema,
  nameInputSchema,
  setEnabledSchema,
  uuidV7,
} from '@quotakeeper/quota-core'
import { boundOf, refuseOthers } from '../tokens/consumer-bounds.js'
import { managedRequest, refuseTokens, refuseUnmanagedConsumer } from '../tokens/managed-consumers.js'
import { ownConsumer, ownStats } from '../tokens/own-consumer.js'
import { consumerNameSchema } from './consumer-name-input.js'
import type { Context } from './context.js'
import { consumerAdminProcedure, consumerReadProcedure, gatewayProcedure, router } from './trpc.js'

/** Consumers and their limits. A token of a consumer reads its consumer and the descendants, and changes the descendants. */
export const consumersRouter = router({
  list: consumerReadProcedure.input(consumersSchema).query(async ({ ctx, input, signal }) => {
    const bound = boundOf(ctx)
    if (bound === null) return ctx.service.consumers.list(input, { signal })
    if (input.under !== undefined) await refuseOthers(ctx, input.under)
    const page = await ctx.service.consumers.list({ ...input, under: input.under ?? bound }, { signal })
    return { ...page, rows: page.rows.map(ownConsumer) }
  }),

  get: consumerReadProcedure.input(nameInputSchema).query(async ({ ctx, input: { name } }) => {
    await refuseOthers(ctx, name)
    const consumer = await ctx.service.consumers.get(name)
    return boundOf(ctx) === null ? consumer : ownConsumer(consumer)
  }),

  /** For gateways: how calls for a consumer are made; null for a name that is not registered. */
  forCalls: gatewayProcedure
    .input(consumerNameSchema)
    .query(({ ctx, input }) => ctx.service.consumers.callSettings(input.name)),

  stats: consumerReadProcedure.input(nameInputSchema).query(async ({ ctx, input: { name } }) => {
    await refuseOthers(ctx, name)
    return statsFor(ctx, await ctx.service.consumers.stats(name))
  }),

  allStats: consumerReadProcedure.input(consumersSchema).query(async ({ ctx, input, signal }) => {
    const bound = boundOf(ctx)
    if (bound === null) return ctx.service.consumers.allStats(input, { signal })
    if (input.under !== undefined) await refuseOthers(ctx, input.under)
    const query = { ...input, under: input.under ?? bound }
    const page = await ctx.service.consumers.allStats(query, { signal })
    const settings = await ctx.service.consumers.list(query, { signal })
    const shown = new Set(settings.rows.filter(({ showCost }) => showCost).map(({ name }) => name))
    return { ...page, rows: page.rows.map(row => ownStats(row, shown.has(row.consumer))) }
  }),

  upsert: consumerAdminProcedure.input(consumerSchema).mutation(async ({ ctx, input }) => {
    const request = await managedRequest(ctx, input)
    const consumer = await ctx.service.consumers.upsert(request, {
      actor: ctx.caller.actor,
      managedBy: 'api',
    })
    return boundOf(ctx) === null ? consumer : ownConsumer(consumer)
  }),

  remove: consumerAdminProcedure.input(nameInputSchema).mutation(async ({ ctx, input: { name } }) => {
    await refuseUnmanagedConsumer(ctx, name)
    await refuseTokens(ctx, name)
    await ctx.service.consumers.remove(name, { actor: ctx.caller.actor, managedBy: 'api' })
    return { name }
  }),

  setEnabled: consumerAdminProcedure.input(setEnabledSchema).mutation(async ({ ctx, input }) => {
    await refuseUnmanagedConsumer(ctx, input.name)
    return statsFor(ctx, await ctx.service.consumers.setEnabled(input, ctx.caller.actor))
  }),

  reset: consumerAdminProcedure.input(nameInputSchema).mutation(async ({ ctx, input: { name } }) => {
    await refuseUnmanagedConsumer(ctx, name)
    const { actor } = ctx.caller
    return statsFor(ctx, await ctx.service.consumers.reset(name, { id: uuidV7(), actor }))
  }),
})

async function statsFor(ctx: Context, stats: ConsumerStats): Promise<ConsumerStats> {
  if (boundOf(ctx) === null) return stats
  const { showCost } = await ctx.service.consumers.get(stats.consumer)
  return ownStats(stats, showCost)
}
