import { isoInstant } from '@quotakeeper/quota-core'
import { findConfig } from '../config/configure.js'
import type { Context } from './context.js'
import { statsSchema } from './stats-input.js'
import { adminProcedure, procedure, router } from './trpc.js'

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

  /** What a doctor asks of the process: its clock, its configuration, its database. */
  check: adminProcedure.query(async ({ ctx }) => ({
    version: ctx.version,
    database: await databaseOf(ctx),
    now: isoInstant(Date.now()),
    configFile: ctx.configFile,
    /** Null where a start would take the file as it is now. */
    configProblem: problemOf(ctx.configFile),
  })),

  /** Whether a provider's books, and those of its pool, agree with the ledger. Calls meanwhile may show as if not. */
  examine: adminProcedure.input(statsSchema).query(async ({ ctx, input }) => {
    const { nowMs, ...examined } = await ctx.service.examine(input.providerName, {
      wholeFrom: ctx.ledgerWholeFrom(),
    })
    return { ...examined, storeNow: isoInstant(nowMs) }
  }),
})

/** Null where it does not answer. */
async function databaseOf({ databaseState, log }: Context) {
  try {
    const { kind, version, pending, foreign } = await databaseState()
    return {
      kind,
      version,
      /** Migrations of this release that are not there yet: tables were taken back to an older state. */
      pendingMigrations: pending,
      /** Migrations that are there and not of this release: a newer one has been at work. */
      foreignMigrations: foreign,
    }
  } catch (error) {
    log.warn({ err: error }, 'the database could not be looked at')
    return null
  }
}

function problemOf(path: string | null): string | null {
  try {
    findConfig(path)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
