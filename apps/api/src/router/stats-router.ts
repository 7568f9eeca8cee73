import { statsSchema } from './stats-input.js'
import { procedure, router } from './trpc.js'

/** How quotas stand. */
export const statsRouter = router({
  get: procedure.input(statsSchema).query(({ ctx, input }) => ctx.service.stats(input.providerName)),

  all: procedure.query(({ ctx }) => ctx.allStats()),
})
