import { TRPCError } from '@trpc/server'
import { reportSchema, requestSchema, tracesSchema } from '../requests/requests-input.js'
import { ledgerRow } from './ledger-row.js'
import { procedure, router } from './trpc.js'

/** Most ledger rows listed with a request, which makes at most ten attempts. */
const maxAttempts = 100

/** Request traces: candidates, skipped providers with reasons, and the result. */
export const requestsRouter = router({
  /** Stores traces of a gateway. Best effort: lost traces are not reported. */
  report: procedure.input(reportSchema).mutation(async ({ ctx, input }) => {
    await ctx.requests.add(input.traces)
    return { taken: input.traces.length }
  }),

  /** A request's trace, with the held and charged counts of its attempts from the ledger. */
  get: procedure.input(requestSchema).query(async ({ ctx, input, signal }) => {
    const { requestId } = input
    const [trace, ledger] = await Promise.all([
      ctx.requests.find(requestId, { signal }),
      ctx.service.read(
        { type: 'ledger', providerName: null, requestId, cursor: null, pageSize: maxAttempts },
        { signal },
      ),
    ])
    if (trace === null) {
      const message = `requestId: request "${requestId}" not found; traces are kept for 7 days`
      throw new TRPCError({ code: 'NOT_FOUND', message })
    }
    return { ...trace, ledger: ledger.rows.map(ledgerRow).toReversed() }
  }),

  list: procedure.input(tracesSchema).query(({ ctx, input, signal }) => ctx.requests.page(input, { signal })),
})
