import { aheadFindings, configurationFinding, databaseFindings, rewoundFinding } from '../doctor/findings.js'
import { statsSchema } from './stats-input.js'
import { adminProcedure, readProcedure, router } from './trpc.js'

/** Health, checks and repairs of the server. */
export const systemRouter = router({
  health: readProcedure.query(async ({ ctx }) => {
    const storeFault = await ctx.storeFault()
    return {
      status: storeFault === null ? ('ok' as const) : ('degraded' as const),
      store: storeFault === null ? ('available' as const) : ('unavailable' as const),
      /** Why it is unavailable; null if available. */
      storeFault,
      version: ctx.version,
      startedAt: ctx.startedAt,
      /** Null without one. */
      configFile: ctx.configFile,
    }
  }),

  /** Checks of configuration and database, for `doctor`. */
  check: adminProcedure.query(async ({ ctx }) => {
    const { findings, canExamine } = await databaseFindings(ctx.databaseState, null)
    return {
      version: ctx.version,
      findings: [
        configurationFinding(ctx.configFile),
        ...findings,
        ...(canExamine ? aheadFindings(await ctx.service.aheadOfClock()) : []),
      ],
      canExamine,
    }
  }),

  /** Lossless repairs: rewinds what is ahead of the database's clock. */
  fix: adminProcedure.mutation(async ({ ctx }) => ({
    findings: [rewoundFinding(await ctx.service.rewindClock(ctx.caller.actor))],
  })),

  /**
   * Checks that counters and daily sums of a provider and its pool agree with the ledger. Concurrent calls may show as
   * discrepancies.
   */
  examine: adminProcedure.input(statsSchema).query(({ ctx, input, signal }) =>
    ctx.lanes.examinations.run(async () => {
      const options = { wholeFrom: ctx.ledgerWholeFrom(), signal }
      const { providerNames, discrepancies } = await ctx.service.examine(input.providerName, options)
      return { providerNames, discrepancies }
    }, signal),
  ),
})
