import { commitSchemaWithSignals, nameSchema, textSchema } from '@quotakeeper/quota-core'
import { z } from 'zod'
import { type SignalsInput, signalsFields } from './signals-input.js'

/** What a vendor has answered to the call that is settled. */
export interface CommitSignalsInput extends SignalsInput {
  /** Whom the reservation is with: known, both are written in one piece. */
  readonly providerName?: string | undefined
}

const commitSignalsSchema: z.ZodType<CommitSignalsInput, CommitSignalsInput> = z.strictObject({
  ...signalsFields,
  providerName: nameSchema.optional(),
})

/** Input of `quota.commit`: the settlement, and what the vendor's answer said. */
export const commitInputSchema = commitSchemaWithSignals(commitSignalsSchema)

export type CommitWithSignals = z.output<typeof commitInputSchema>

/** Input of `signals.observe`. */
export interface ObserveInput extends SignalsInput {
  readonly providerName: string
  readonly model?: string | undefined
  /** The attempt that was answered. */
  readonly reservationId?: string | undefined
  /**
   * What was answered: a `call`, which a vendor's limits count, or a question for its `models`, which says
   * nothing of calls. Unless given, a call where a reservation or a model is named, and otherwise not known.
   */
  readonly answerTo?: 'call' | 'models' | undefined
}

export const observeInputSchema: z.ZodType<ObserveInput, ObserveInput> = z.strictObject({
  ...signalsFields,
  providerName: nameSchema,
  model: textSchema.optional(),
  reservationId: z.uuid({ error: 'must be a UUID' }).optional(),
  answerTo: z.enum(['call', 'models']).optional(),
})
