import {
  acquireSchema,
  extendSchema,
  grantSchema,
  releaseSchema,
  reserveSchema,
} from '@quotakeeper/quota-core'
import { commitInputSchema } from '../signals/signals-input.js'
import { settleWithSignals } from '../signals/take-signals.js'
import { refuseUnmanagedSubject } from '../tokens/managed-consumers.js'
import { explainCall } from './explain-call.js'
import { availabilityOf, remainingView } from './quota-views.js'
import { modelQuestionSchema } from './stats-input.js'
import { callProcedure, consumerAdminProcedure, readProcedure, router } from './trpc.js'

/** Reserving quota for calls and settling them. A denial is an answer, not an error. */
export const quotaRouter = router({
  reserve: callProcedure.input(reserveSchema).mutation(({ ctx, input }) => ctx.service.reserve(input)),

  acquire: callProcedure.input(acquireSchema).mutation(({ ctx, input }) => ctx.service.acquire(input)),

  commit: callProcedure
    .input(commitInputSchema)
    .mutation(async ({ ctx, input }) => (await settleWithSignals(ctx, input)).stats),

  release: callProcedure
    .input(releaseSchema)
    .mutation(async ({ ctx, input }) => (await ctx.service.release(input.reservationId)).stats),

  extend: callProcedure.input(extendSchema).mutation(({ ctx, input }) => ctx.service.extend(input)),

  /** A token of a consumer grants to the descendants of its consumer. */
  grant: consumerAdminProcedure.input(grantSchema).mutation(async ({ ctx, input }) => {
    await refuseUnmanagedSubject(ctx, input.subject)
    return ctx.service.grantQuota(input, ctx.caller.actor)
  }),

  remaining: readProcedure
    .input(modelQuestionSchema)
    .query(async ({ ctx, input }) =>
      remainingView(await ctx.service.standing(input.providerName, input.model), input.model),
    ),

  isAvailable: readProcedure
    .input(modelQuestionSchema)
    .query(({ ctx, input }) => availabilityOf(ctx.service, input)),

  explain: readProcedure.input(acquireSchema).query(({ ctx, input }) => explainCall(ctx, input)),
})
