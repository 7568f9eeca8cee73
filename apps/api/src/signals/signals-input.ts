import { commitSchemaWithSignals, nameSchema, textSchema } from '@quotakeeper/quota-core'
import { z } from 'zod'
import { fingerprintSchema } from '../keys/key-report-input.js'

/** A vendor’s answer as reported by a caller. */
export interface SignalsInput {
  readonly httpStatus: number
  /** Response headers by name; those unrelated to quotas are ignored. */
  readonly headers: Readonly<Record<string, string>>
  /** The body of a refusal, parsed or text. */
  readonly body?: unknown
  /** ISO-8601, by the caller's clock: when the request was sent and when the response arrived; now unless given. */
  readonly sentAt?: string | undefined
  readonly receivedAt?: string | undefined
  /** Salted fingerprint of the key that the request carried. */
  readonly keyFingerprint?: string | undefined
}

/** Larger values than any vendor sends are refused. */
const maxHeaders = 200
const longestHeader = 8_192

const instant = z.iso.datetime({ offset: true, error: 'must be an instant, such as 2026-11-25T12:00:00Z' })

/** The common fields of signals. */
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

/** A vendor’s answer to the settled call. */
export interface CommitSignalsInput extends SignalsInput {
  /** The reservation's provider; if given, settlement and signals are written atomically. */
  readonly providerName?: string | undefined
}

const commitSignalsSchema: z.ZodType<CommitSignalsInput, CommitSignalsInput> = z.strictObject({
  ...signalsFields,
  providerName: nameSchema.optional(),
})

/** Input of `quota.commit`: the settlement and the vendor's answer. */
export const commitInputSchema = commitSchemaWithSignals(commitSignalsSchema)

export type CommitWithSignals = z.output<typeof commitInputSchema>

/** Input of `signals.observe`. */
export interface ObserveInput extends SignalsInput {
  readonly providerName: string
  readonly model?: string | undefined
  /** The answered attempt. */
  readonly reservationId?: string | undefined
  /**
   * The answered request: a `call`, which a vendor's limits count, or a list of its `models`, which does not concern
   * limits of calls. Unless given, a call if a reservation or a model is named, otherwise unknown.
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
