import type { KeptKey } from '@quotakeeper/db'
import { keyReportSchema } from '../keys/key-report-input.js'
import { freshReportMs } from '../keys/keyless-providers.js'
import { takeKeyReport } from '../keys/take-key-report.js'
import { procedure, router } from './trpc.js'

/** Of a fingerprint as it is shown: enough to tell keys apart, too little to try guesses on. */
const shownDigits = 8

/** Which keys gateways have: never a key itself. */
export const keysRouter = router({
  /** Takes what a gateway knows of its keys, in place of what it reported before. */
  report: procedure.input(keyReportSchema).mutation(({ ctx, input }) => takeKeyReport(ctx, input)),

  /** What gateways have reported in the last minutes, by provider. */
  list: procedure.query(async ({ ctx }) => (await ctx.keys.list(null, freshReportMs)).map(shownKey)),
})

function shownKey({ fingerprint, retriedAt: _, ...key }: KeptKey) {
  return { ...key, fingerprint: fingerprint?.slice(0, shownDigits) ?? null }
}
