import { testDelivery } from '../alerts/test-delivery.js'
import { alertRow } from './alert-row.js'
import { alertsInputSchema } from './optional-input.js'
import { adminProcedure, procedure, router } from './trpc.js'

/** Crossings of thresholds. */
export const alertsRouter = router({
  list: procedure.input(alertsInputSchema).query(async ({ ctx, input }) => {
    const { rows, nextCursor } = await ctx.service.read(input)
    const states = await ctx.alerting.states(rows.map(({ id }) => id))
    return {
      rows: rows.map(row => ({
        ...alertRow(row),
        /** How it stands with each receiver; none where no receivers are configured. */
        deliveries: states
          .filter(({ alertId }) => alertId === row.id)
          .map(({ channel, state, attempts, lastError }) => ({ channel, state, attempts, lastError })),
      })),
      nextCursor,
    }
  }),

  /** Sends a test to every receiver, and answers what came of each. */
  test: adminProcedure.mutation(async ({ ctx }) => ({
    deliveries: await Promise.all(ctx.alerting.channels.map(testDelivery)),
  })),
})
