import { commitSchemaWithSignals, nameSchema, textSchema } from '@quotakeeper/quota-core'
import { z } from 'zod'
import { fingerprintSchema } from '../keys/key-report-input.js'

/** Reports a vendor’s answer, as callers tell it. */
export interface SignalsInput {
  readonly httpStatus: number
  /** Response headers by name. Those that tell nothing of quotas are ignored. */
  readonly headers: Readonly<Record<string, string>>
  /** The body of a refusal, parsed or as text. */
  readonly body?: unknown
  /** ISO-8601, by the caller's clock: when the request left, and when the response came; now unless given. */
  readonly sentAt?: string | undefined
  readonly receivedAt?: string | undefined
  /** Salted fingerprint of the key that the request carried. */
  readonly keyFingerprint?: string | undefined
}

/** Nothing a vendor sends is larger; what is, tells nothing of quotas. */
const maxHeaders = 200
const longestHeader = 8_192

const instant = z.iso.datetime({ offset: true, error: 'must be an instant, such as 2026-11-25T12:00:00Z' })

/** The fields of signals, wherever they are told. */
const signalsFields = {
  httpStatus: z.number({ error: 'must be an HTTP status from 100 to 599' }).int().min(100).max(599),
  headers: z
    .record(z.string().max(longestHeader), z.string().max(longestHeader))
    .refine(headers => Object.keys(headers).length <= maxHeaders, {
      error: `must be at most ${maxHeaders} headers`,
    }),
  body: z.unknown().optional(),
  sentAt: instant.optional(),
  receivedAt: instant.optional(),
  keyFingerprint: fingerprintSchema.optional(),
} as const

/** Reports a vendor’s answer to the call that is settled. */
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
