import { procedure, router } from './trpc.js'

/** The server itself. */
export const systemRouter = router({
  health: procedure.query(async ({ ctx }) => {
    const isStoreReady = await ctx.isStoreReady()
    return {
      status: isStoreReady ? ('ok' as const) : ('degraded' as const),
      store: isStoreReady ? ('available' as const) : ('unavailable' as const),
      version: ctx.version,
      startedAt: ctx.startedAt,
      /** Null without one. */
      configFile: ctx.configFile,
    }
  }),
})
