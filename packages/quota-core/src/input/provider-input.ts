import { z } from 'zod'
import type { SubjectSettings } from '../domain/command.js'
import type { Metadata, OnExpiry } from '../domain/owner.js'
import {
  dayStartSchema,
  type LimitInput,
  limitsSchema,
  monthStartSchema,
  thresholdsSchema,
  timeZoneSchema,
} from './limit-input.js'
import { metadataSchema } from './metadata-input.js'
import { nameSchema, textSchema } from './text.js'

/** Settings of any subject. Absent fields stay unchanged; defaults apply at creation. */
interface SubjectInput {
  readonly name: string
  /** `UTC` unless given. */
  readonly timeZone?: string | undefined
  /** Local time at which a day begins, `00:00` unless given. */
  readonly dayStartsAt?: string | undefined
  /** Day on which a month begins, 1 to 31, the last day in shorter months; 1 unless given. */
  readonly monthStartsOn?: number | undefined
  /** Replaces the whole list; limits that stay keep their counters. */
  readonly limits?: readonly LimitInput[] | undefined
  /** `[80, 90, 100]` unless given. */
  readonly thresholdsPercent?: readonly number[] | undefined
}

/** Input of `upsertProvider`. */
export interface ProviderInput extends SubjectInput {
  /** Required at creation. */
  readonly vendor?: string | undefined
  /** Null removes the provider from its pool. */
  readonly pool?: string | null | undefined
  /** Globs of the models that it serves, `['*']` unless given. */
  readonly models?: readonly string[] | undefined
  /** Lower values come first with strategy `priority`; 100 unless given. */
  readonly priority?: number | undefined
  /** `charge` unless given. */
  readonly onExpiry?: OnExpiry | undefined
  readonly metadata?: Metadata | undefined
}

/** Input of `upsertPool`. */
export interface PoolInput extends SubjectInput {}

interface SubjectRequest extends SubjectSettings {
  readonly name: string
  readonly monthStartsOn: number | undefined
}

export interface ProviderRequest extends SubjectRequest {
  /** Time zone of a new provider if `timeZone` is not given; UTC unless given. */
  readonly timeZoneWhenNew?: string | undefined
  readonly vendor: string | undefined
  readonly pool: string | null | undefined
  readonly models: readonly string[] | undefined
  readonly priority: number | undefined
  readonly onExpiry: OnExpiry | undefined
  readonly metadata: Metadata | undefined
}

export interface PoolRequest extends SubjectRequest {}

const subjectFields = {
  name: nameSchema,
  timeZone: timeZoneSchema.optional(),
  dayStartsAt: dayStartSchema.optional(),
  monthStartsOn: monthStartSchema.optional(),
  limits: limitsSchema.optional(),
  thresholdsPercent: thresholdsSchema.optional(),
} as const

type SubjectFields = z.output<z.ZodObject<typeof subjectFields>>

function subjectRequest(input: SubjectFields): SubjectRequest {
  const { name, timeZone, dayStartsAt, monthStartsOn, limits, thresholdsPercent } = input
  return { name, timeZone, dayStartsAt, monthStartsOn, limits, thresholdsPercent }
}

export const providerSchema: z.ZodType<ProviderRequest, ProviderInput> = z
  .strictObject({
    ...subjectFields,
    vendor: textSchema.optional(),
    pool: nameSchema.nullish(),
    models: z.array(textSchema).min(1).max(1_000).readonly().optional(),
    priority: z.number().int().min(-1_000_000).max(1_000_000).optional(),
    onExpiry: z.enum(['charge', 'release']).optional(),
    metadata: metadataSchema.optional(),
  })
  .transform(input => ({
    ...subjectRequest(input),
    vendor: input.vendor,
    pool: input.pool,
    models: input.models,
    priority: input.priority,
    onExpiry: input.onExpiry,
    metadata: input.metadata,
  }))

export const poolSchema: z.ZodType<PoolRequest, PoolInput> = z
  .strictObject(subjectFields)
  .transform(subjectRequest)

/** Input that names a provider or a pool. */
export interface NameInput {
  readonly name: string
}

export const nameInputSchema: z.ZodType<NameInput, NameInput> = z.strictObject({ name: nameSchema })

/** Input of `setProviderEnabled`. */
export interface SetEnabledInput extends NameInput {
  readonly enabled: boolean
}

export const setEnabledSchema: z.ZodType<SetEnabledInput, SetEnabledInput> = z.strictObject({
  name: nameSchema,
  enabled: z.boolean(),
})
