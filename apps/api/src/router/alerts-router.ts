import { alertRow } from './alert-row.js'
import { alertsInputSchema } from './optional-input.js'
import { procedure, router } from './trpc.js'

/** Crossings of thresholds. */
export const alertsRouter = router({
  list: procedure.input(alertsInputSchema).query(async ({ ctx, input }) => {
    const { rows, nextCursor } = await ctx.service.read(input)
    return { rows: rows.map(alertRow), nextCursor }
  }),
})
