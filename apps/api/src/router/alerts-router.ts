import { TRPCError, tracked } from '@trpc/server'
import { alertStreamSchema } from '../alerts/alert-stream-input.js'
import { testDelivery } from '../alerts/test-delivery.js'
import { onTokenEnd } from '../tokens/on-token-end.js'
import { alertRow } from './alert-row.js'
import { alertsInputSchema } from './lists.js'
import { adminProcedure, readProcedure, router } from './trpc.js'

/** Alerts and their delivery. */
export const alertsRouter = router({
  list: readProcedure.input(alertsInputSchema).query(async ({ ctx, input, signal }) => {
    const { rows, nextCursor } = await ctx.service.read(input, { signal })
    const states = await ctx.alerting.states(rows.map(({ id }) => id))
    return {
      rows: rows.map(row => ({
        ...alertRow(row),
        /** Delivery state per receiver; empty without configured receivers. */
        deliveries: states
          .filter(({ alertId }) => alertId === row.id)
          .map(({ channel, state, attempts, lastError }) => ({ channel, state, attempts, lastError })),
      })),
      nextCursor,
    }
  }),

  /**
   * Alerts as they are raised, on any replica: server-sent events, each with an id from which a client resumes
   * (`Last-Event-ID`). Without one, new alerts only.
   */
  stream: readProcedure.input(alertStreamSchema).subscription(async function* ({ ctx, input, signal }) {
    const { followers } = ctx.alerting
    const { address } = ctx.caller
    if (!followers.mayFollow(address)) {
      const message = 'too many alert subscribers: close one, or try again later'
      throw new TRPCError({ code: 'TOO_MANY_REQUESTS', message })
    }
    const ending = new AbortController()
    const until = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal])
    const stopWatching = onTokenEnd(ctx.caller, ctx.tokens, () => ending.abort())
    try {
      for await (const { position, alert } of followers.follow(input.from, { ...input, address }, until)) {
        yield tracked(position, alertRow(alert))
      }
    } finally {
      stopWatching()
    }
  }),

  /** Sends a test to every receiver, and returns the result of each. */
  test: adminProcedure.mutation(async ({ ctx }) => ({
    deliveries: await Promise.all(ctx.alerting.delivery.channels.map(testDelivery)),
  })),
})
