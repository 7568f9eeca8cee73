import type { KeptKey } from '@quotakeeper/db'
import { checkKey } from '../gateway/check-key.js'
import type { EnteredKey } from '../keys/key-answers.js'
import { keyReportSchema } from '../keys/key-report-input.js'
import { freshReportMs } from '../keys/keyless-providers.js'
import { enterSchema, offerSchema, removeKeySchema, sealedSchema } from '../keys/seal-input.js'
import { takeKeyReport } from '../keys/take-key-report.js'
import { adminProcedure, gatewayProcedure, readProcedure, router } from './trpc.js'

/** Digits of a shown fingerprint: enough to distinguish keys, too few to test guesses. */
const shownDigits = 8

/** The keys of gateways; never a key itself. */
export const keysRouter = router({
  /** Replaces a gateway's earlier report. */
  report: gatewayProcedure.input(keyReportSchema).mutation(({ ctx, input }) => takeKeyReport(ctx, input)),

  /** Reports of the last minutes, by provider. */
  list: readProcedure.query(async ({ ctx }) => (await ctx.keys.list(null, freshReportMs)).map(shownKey)),

  /** Stores a vendor's key that its sender has sealed, instead of the earlier one. A gateway checks it first. */
  enter: adminProcedure.input(enterSchema).mutation(async ({ ctx, input, signal }) => {
    const { check, entered } = await ctx.sealing.enter(input, ctx.caller.actor, signal)
    return { check, entered: entered === null ? null : shownFingerprint(entered) }
  }),

  /** Has a gateway check the key that a provider has, at its vendor. */
  check: adminProcedure.input(removeKeySchema).mutation(async ({ ctx, input, signal }) => {
    const { providerName } = input
    await ctx.service.provider(providerName)
    const { result, httpStatus, remedy } = await checkKey(ctx.gateway, { providerName }, signal)
    return { providerName, result, httpStatus, remedy }
  }),

  /** Removes the key that was entered for a provider. */
  remove: adminProcedure.input(removeKeySchema).mutation(async ({ ctx, input }) => {
    const { providerName } = input
    return { providerName, isRemoved: await ctx.sealing.remove(providerName, ctx.caller.actor) }
  }),

  /** The keys that were entered, and whether more can be. */
  entered: readProcedure.query(async ({ ctx }) => {
    const [state, keys] = await Promise.all([ctx.sealing.state(), ctx.sealing.list()])
    return { ...state, keys: keys.map(shownFingerprint) }
  }),

  /** For gateways: the sealed keys, unless the given revision is current. */
  sealed: gatewayProcedure
    .input(sealedSchema)
    .query(({ ctx, input }) => ctx.sealing.sealed(input.revision ?? null)),

  /** For gateways: the public halves of their key pairs. */
  offer: gatewayProcedure.input(offerSchema).mutation(async ({ ctx, input }) => {
    await ctx.sealing.offer(input)
    return { gateway: input.gateway }
  }),
})

function shownKey({ fingerprint, retriedAt: _, ...key }: KeptKey) {
  return { ...key, fingerprint: fingerprint?.slice(0, shownDigits) ?? null }
}

function shownFingerprint<Key extends EnteredKey>(key: Key): Key {
  return { ...key, fingerprint: key.fingerprint.slice(0, shownDigits) }
}
