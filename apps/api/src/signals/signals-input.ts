import { z } from 'zod'
import { fingerprintSchema } from '../keys/key-report-input.js'

/** What a vendor has answered, as callers tell it. */
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
const mostHeaders = 200
const longestHeader = 8_192

const instant = z.iso.datetime({ offset: true, error: 'must be an instant, such as 2026-11-25T12:00:00Z' })

/** The fields of signals, wherever they are told. */
export const signalsFields = {
  httpStatus: z.number({ error: 'must be an HTTP status from 100 to 599' }).int().min(100).max(599),
  headers: z
    .record(z.string().max(longestHeader), z.string().max(longestHeader))
    .refine(headers => Object.keys(headers).length <= mostHeaders, {
      error: `must be at most ${mostHeaders} headers`,
    }),
  body: z.unknown().optional(),
  sentAt: instant.optional(),
  receivedAt: instant.optional(),
  keyFingerprint: fingerprintSchema.optional(),
} as const
