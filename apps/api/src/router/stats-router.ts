import { modelCountersSchema } from '@quotakeeper/quota-core'
import { statsSchema } from './stats-input.js'
import { readProcedure, router } from './trpc.js'

/** The state of quotas. */
export const statsRouter = router({
  get: readProcedure.input(statsSchema).query(({ ctx, input }) => ctx.service.stats(input.providerName)),

  models: readProcedure
    .input(modelCountersSchema)
    .query(({ ctx, input, signal }) => ctx.service.modelLimits(input, { signal })),

  all: readProcedure.query(({ ctx }) => ctx.allStats()),
})
