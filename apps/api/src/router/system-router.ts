import { aheadFindings, configurationFinding, databaseFindings, rewoundFinding } from '../doctor/findings.js'
import { statsSchema } from './stats-input.js'
import { adminProcedure, procedure, router } from './trpc.js'

/** The server itself. */
export const systemRouter = router({
  health: procedure.query(async ({ ctx }) => {
    const storeFault = await ctx.storeFault()
    return {
      status: storeFault === null ? ('ok' as const) : ('degraded' as const),
      store: storeFault === null ? ('available' as const) : ('unavailable' as const),
      /** Why it is unavailable; null where it is not. */
      storeFault,
      version: ctx.version,
      startedAt: ctx.startedAt,
      /** Null without one. */
      configFile: ctx.configFile,
    }
  }),

  /** What a doctor asks of the process: of its configuration and its database. */
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

  /** Repairs what can be repaired without losing anything: takes what is ahead of the database's clock back to it. */
  fix: adminProcedure.mutation(async ({ ctx }) => ({
    findings: [rewoundFinding(await ctx.service.rewindClock(ctx.caller.actor))],
  })),

  /** Whether a provider's books, and those of its pool, agree with the ledger. Calls meanwhile may show as if not. */
  examine: adminProcedure.input(statsSchema).query(({ ctx, input, signal }) =>
    ctx.lanes.examinations.run(async () => {
      const options = { wholeFrom: ctx.ledgerWholeFrom(), signal }
      const { providerNames, discrepancies } = await ctx.service.examine(input.providerName, options)
      return { providerNames, discrepancies }
    }, signal),
  ),
})
