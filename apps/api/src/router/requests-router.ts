import type { KeptTrace } from '@quotakeeper/quota-core'
import { TRPCError } from '@trpc/server'
import { reportSchema, requestSchema, tracesSchema } from '../requests/requests-input.js'
import { visibleConsumers } from '../tokens/consumer-bounds.js'
import { seesCost } from '../tokens/own-consumer.js'
import { ledgerRow, ownLedgerRow } from './ledger-row.js'
import { consumerReadProcedure, forbidden, gatewayProcedure, router } from './trpc.js'

/** Most ledger rows listed with a request, which makes at most ten attempts. */
const maxAttempts = 100

/** Request traces: candidates, skipped providers with reasons, and the result. */
export const requestsRouter = router({
  /** Stores traces of a gateway. Best effort: lost traces are not reported. */
  report: gatewayProcedure.input(reportSchema).mutation(async ({ ctx, input }) => {
    await ctx.requests.add(input.traces)
    return { taken: input.traces.length }
  }),

  /** A request's trace, with the held and charged counts of its attempts from the ledger. */
  get: consumerReadProcedure.input(requestSchema).query(async ({ ctx, input, signal }) => {
    const { requestId } = input
    const consumers = await visibleConsumers(ctx)
    const [trace, ledger] = await Promise.all([
      ctx.requests.find(requestId, { signal }),
      ctx.service.read(
        {
          ...{ type: 'ledger', providerName: null, requestId, cursor: null, pageSize: maxAttempts },
          ...(consumers === null ? {} : { consumers }),
        },
        { signal },
      ),
    ])
    const isVisible = consumers === null || consumers.includes(trace?.consumer ?? '')
    if (trace === null || !isVisible) {
      const message = `requestId: request "${requestId}" not found; traces are kept for 7 days`
      throw new TRPCError({ code: 'NOT_FOUND', message })
    }
    if (consumers === null) return { ...trace, ledger: ledger.rows.map(ledgerRow).toReversed() }
    const showCost = await seesCost(ctx)
    const own = ledger.rows.map(row => ownLedgerRow(row, showCost))
    return { ...ownTrace(trace), ledger: own.toReversed() }
  }),

  list: consumerReadProcedure.input(tracesSchema).query(async ({ ctx, input, signal }) => {
    const consumers = await visibleConsumers(ctx)
    if (consumers === null) return ctx.requests.page(input, { signal })
    if (input.providerName !== null)
      throw forbidden('the list of requests of a provider needs a token without a consumer')
    const { rows, nextCursor } = await ctx.requests.page({ ...input, consumers }, { signal })
    return { rows: rows.map(ownTrace), nextCursor }
  }),
})

/** A trace for tokens of consumers: without providers and routing. */
function ownTrace(trace: KeptTrace): KeptTrace {
  return { ...trace, providerName: '', strategy: '', attempts: [], skipped: [] }
}
