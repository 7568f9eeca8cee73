import type { KeptKey } from '@quotakeeper/db'
import { keyReportSchema } from '../keys/key-report-input.js'
import { freshReportMs } from '../keys/keyless-providers.js'
import { takeKeyReport } from '../keys/take-key-report.js'
import { gatewayProcedure, readProcedure, router } from './trpc.js'

/** Digits of a shown fingerprint: enough to distinguish keys, too few to test guesses. */
const shownDigits = 8

/** The keys of gateways; never a key itself. */
export const keysRouter = router({
  /** Replaces a gateway's earlier report. */
  report: gatewayProcedure.input(keyReportSchema).mutation(({ ctx, input }) => takeKeyReport(ctx, input)),

  /** Reports of the last minutes, by provider. */
  list: readProcedure.query(async ({ ctx }) => (await ctx.keys.list(null, freshReportMs)).map(shownKey)),
})

function shownKey({ fingerprint, retriedAt: _, ...key }: KeptKey) {
  return { ...key, fingerprint: fingerprint?.slice(0, shownDigits) ?? null }
}
