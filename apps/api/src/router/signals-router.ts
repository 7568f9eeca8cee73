import { observeInputSchema } from '../signals/signals-input.js'
import { observeSignals } from '../signals/take-signals.js'
import { procedure, router } from './trpc.js'

/** What vendors say of their quotas. */
export const signalsRouter = router({
  observe: procedure.input(observeInputSchema).mutation(({ ctx, input }) => observeSignals(ctx, input)),
})
