import { observeInputSchema } from '../signals/signals-input.js'
import { observeSignals } from '../signals/take-signals.js'
import { callProcedure, router } from './trpc.js'

/** Reports of vendors' answers. */
export const signalsRouter = router({
  observe: callProcedure.input(observeInputSchema).mutation(({ ctx, input }) => observeSignals(ctx, input)),
})
