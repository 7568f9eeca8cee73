import {
  historySchema,
  type ProviderStats,
  recordSchema,
  resetSchema,
  type SummaryQuery,
  summarySchema,
} from '@quotakeeper/quota-core'
import { boundOf, refuseOthers, visibleConsumers, withoutCost } from '../tokens/consumer-bounds.js'
import { seesCost } from '../tokens/own-consumer.js'
import { ledgerRow, ownLedgerRow } from './ledger-row.js'
import { ledgerInputSchema } from './lists.js'
import {
  adminProcedure,
  consumerReadProcedure,
  consumerRecordProcedure,
  forbidden,
  readProcedure,
  router,
} from './trpc.js'

/** The answer to tokens of consumers, which see no provider's figures. Only this one has `recorded`. */
export interface RecordedUsage {
  readonly consumer: string
  readonly recorded: true
}

/** Recording, reading and resetting usage. */
export const usageRouter = router({
  /** By tokens of a consumer: for it and its descendants, answered by {@link RecordedUsage}. */
  record: consumerRecordProcedure
    .input(recordSchema)
    .mutation(async ({ ctx, input }): Promise<ProviderStats | RecordedUsage> => {
      const bound = boundOf(ctx)
      if (bound === null) return (await ctx.service.record(input)).stats
      const consumer = input.consumer === '' ? bound : input.consumer
      await refuseOthers(ctx, consumer)
      await ctx.service.record({ ...input, consumer })
      return { consumer, recorded: true }
    }),

  history: readProcedure
    .input(historySchema)
    .query(({ ctx, input, signal }) => ctx.service.read(input, { signal })),

  /** For tokens of a consumer: its usage and that of its descendants, without providers, costs only with `showCost`. */
  summary: consumerReadProcedure.input(summarySchema).query(async ({ ctx, input, signal }) => {
    const consumers = await visibleConsumers(ctx)
    if (consumers === null) return ctx.service.read(input, { signal })
    if (namesProviders(input)) throw forbidden(needsNoConsumer('usage by provider'))
    for (const name of [input.consumer, input.under]) if (name !== undefined) await refuseOthers(ctx, name)
    const { rows, nextCursor } = await ctx.service.read({ ...input, consumers }, { signal })
    return { rows: (await seesCost(ctx)) ? rows : rows.map(withoutCost), nextCursor }
  }),

  /** For tokens of a consumer as {@link usageRouter.summary}, row by row. */
  ledger: consumerReadProcedure.input(ledgerInputSchema).query(async ({ ctx, input, signal }) => {
    const consumers = await visibleConsumers(ctx)
    if (consumers === null) {
      const { rows, nextCursor } = await ctx.service.read(input, { signal })
      return { rows: rows.map(ledgerRow), nextCursor }
    }
    if (input.providerName !== null) throw forbidden(needsNoConsumer('the ledger of a provider'))
    for (const name of [input.consumer, input.under]) if (name !== undefined) await refuseOthers(ctx, name)
    const { rows, nextCursor } = await ctx.service.read({ ...input, consumers }, { signal })
    const showCost = await seesCost(ctx)
    return { rows: rows.map(row => ownLedgerRow(row, showCost)), nextCursor }
  }),

  reset: adminProcedure.input(resetSchema).mutation(async ({ ctx, input }) => ({
    providers: await ctx.service.resetUsage(input, ctx.caller.actor),
  })),
})

function namesProviders({ providerName, groupBy }: SummaryQuery): boolean {
  return providerName !== null || groupBy.includes('provider')
}

function needsNoConsumer(what: string): string {
  return `${what} needs a token without a consumer`
}
