import { modelCountersSchema } from '@quotakeeper/quota-core'
import { statsSchema } from './stats-input.js'
import { procedure, router } from './trpc.js'

/** The state of quotas. */
export const statsRouter = router({
  get: procedure.input(statsSchema).query(({ ctx, input }) => ctx.service.stats(input.providerName)),

  models: procedure
    .input(modelCountersSchema)
    .query(({ ctx, input, signal }) => ctx.service.modelLimits(input, { signal })),

  all: procedure.query(({ ctx }) => ctx.allStats()),
})
