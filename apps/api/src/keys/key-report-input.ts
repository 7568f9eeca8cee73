import type { ReportedKey } from '@quotakeeper/db'
import { nameSchema, textSchema } from '@quotakeeper/quota-core'
import { z } from 'zod'

/** Most keys of a report. */
const maxKeys = 2_000

/** A salted fingerprint of a key: 32 hexadecimal digits. */
export const fingerprintSchema: z.ZodType<string, string> = z
  .string()
  .regex(/^[0-9a-f]{32}$/, { error: 'must be 32 hexadecimal digits: a salted fingerprint, never a key' })

/** A provider's key as reported by a gateway. */
export interface KeyInput extends ReportedKey {
  /** Whether this process has not reported this key before. */
  readonly isNew: boolean
}

/** Input of `keys.report`: all keys of a gateway. */
export interface KeyReport {
  /** Name of the gateway, stable across restarts: `gateway-1:4100`. */
  readonly gateway: string
  readonly keys: readonly KeyInput[]
}

const keySchema: z.ZodType<KeyInput, KeyInput> = z.strictObject({
  providerName: nameSchema,
  variable: textSchema.nullable(),
  fingerprint: fingerprintSchema.nullable(),
  reason: textSchema.nullable(),
  isNew: z.boolean(),
  check: z
    .strictObject({
      result: textSchema,
      httpStatus: z.number().int().min(100).max(599).nullable(),
      checkedAt: z.iso.datetime({ error: 'must be an instant such as 2026-11-25T12:00:00.000Z' }),
    })
    .nullable(),
})

export const keyReportSchema: z.ZodType<KeyReport, KeyReport> = z.strictObject({
  gateway: textSchema,
  keys: z
    .array(keySchema)
    .max(maxKeys)
    .refine(keys => new Set(keys.map(({ providerName }) => providerName)).size === keys.length, {
      error: 'must name each provider once',
    }),
})
