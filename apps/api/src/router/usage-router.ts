import { historySchema, recordSchema, resetSchema, summarySchema } from '@quotakeeper/quota-core'
import { ledgerRow } from './ledger-row.js'
import { ledgerInputSchema } from './lists.js'
import { adminProcedure, procedure, router } from './trpc.js'

/** Recording, reading and resetting usage. */
export const usageRouter = router({
  record: procedure
    .input(recordSchema)
    .mutation(async ({ ctx, input }) => (await ctx.service.record(input)).stats),

  history: procedure
    .input(historySchema)
    .query(({ ctx, input, signal }) => ctx.service.read(input, { signal })),

  summary: procedure
    .input(summarySchema)
    .query(({ ctx, input, signal }) => ctx.service.read(input, { signal })),

  ledger: procedure.input(ledgerInputSchema).query(async ({ ctx, input, signal }) => {
    const { rows, nextCursor } = await ctx.service.read(input, { signal })
    return { rows: rows.map(ledgerRow), nextCursor }
  }),

  reset: adminProcedure.input(resetSchema).mutation(async ({ ctx, input }) => ({
    providers: await ctx.service.resetUsage(input, ctx.caller.actor),
  })),
})
