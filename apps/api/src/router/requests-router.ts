import { TRPCError } from '@trpc/server'
import { reportSchema, requestSchema, tracesSchema } from '../requests/requests-input.js'
import { ledgerRow } from './ledger-row.js'
import { procedure, router } from './trpc.js'

/** Rows of the ledger that are told with a request: it makes ten attempts at most. */
const maxAttempts = 100

/** How requests of clients were routed: what was considered, why keys were passed over, what it came to. */
export const requestsRouter = router({
  /** Takes the traces of a router of calls. Best effort: what is lost is told by nobody. */
  report: procedure.input(reportSchema).mutation(async ({ ctx, input }) => {
    await ctx.requests.add(input.traces)
    return { taken: input.traces.length }
  }),

  /** A request, with what each of its attempts held and spent, by the ledger. */
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
