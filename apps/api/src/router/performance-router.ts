import { callsReportSchema, performanceSchema } from '../performance/performance-input.js'
import { refuseOthers, visibleConsumers } from '../tokens/consumer-bounds.js'
import { consumerReadProcedure, forbidden, gatewayProcedure, router } from './trpc.js'

/** How calls to vendors ended, and how long they took. */
export const performanceRouter = router({
  /** Adds a gateway's sums of calls. A report that is repeated is counted once; `taken` is false then. */
  report: gatewayProcedure.input(callsReportSchema).mutation(async ({ ctx, input }) => ({
    taken: await ctx.calls.add(input),
  })),

  /** By provider, model or consumer. For tokens of a consumer: of it and its descendants, without providers. */
  get: consumerReadProcedure.input(performanceSchema).query(async ({ ctx, input, signal }) => {
    const consumers = await visibleConsumers(ctx)
    if (consumers === null) return ctx.calls.page(input, Date.now(), { signal })
    if (input.by === 'provider' || input.providerName !== null)
      throw forbidden('performance by provider needs a token without a consumer')
    if (input.consumer !== null) await refuseOthers(ctx, input.consumer)
    return ctx.calls.page({ ...input, consumers }, Date.now(), { signal })
  }),
})
