import { z } from 'zod'
import type { SubjectSettings, UpsertCondition } from '../domain/command.js'
import type { Metadata, OnExpiry } from '../domain/owner.js'
import {
  dayStartSchema,
  type LimitInput,
  limitsOfKeysSchema,
  limitsSchema,
  monthStartSchema,
  thresholdsSchema,
  timeZoneSchema,
} from './limit-input.js'
import { metadataSchema } from './metadata-input.js'
import { instantSchema, nameSchema, newNameSchema, textSchema } from './text.js'

/** Settings of any subject. Absent fields stay unchanged; defaults apply at creation. */
export interface SubjectInput {
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

/** Input that may create an owner. */
export interface UpsertInput extends SubjectInput {
  /**
   * `exists` changes one that is in use, and neither creates nor revives one; `absent` creates or revives one, and changes
   * none that is in use. Either way round unless given.
   */
  readonly onlyIf?: UpsertCondition | undefined
  /** The `updatedAt` of an answer: if others have changed it since, it stays. Changed whatever it is by now unless given. */
  readonly expectedUpdatedAt?: string | undefined
}

/** Input of `upsertProvider`. */
export interface ProviderInput extends UpsertInput {
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
  /** It serves only calls for these consumers and their descendants; null for every call. Null unless given. */
  readonly consumers?: readonly string[] | null | undefined
  readonly metadata?: Metadata | undefined
}

/** Input of `upsertPool`. */
export interface PoolInput extends UpsertInput {}

export interface SubjectRequest extends Required<SubjectSettings> {
  readonly name: string
}

export interface UpsertRequest extends SubjectRequest, UpsertConditions {}

/** What an upsert requires. */
interface UpsertConditions {
  readonly onlyIf?: UpsertCondition | undefined
  readonly expectedUpdatedAtMs?: number | undefined
}

export interface ProviderRequest extends UpsertRequest {
  /** Time zone of a new provider if `timeZone` is not given; UTC unless given. */
  readonly timeZoneWhenNew?: string | undefined
  readonly vendor: string | undefined
  readonly pool: string | null | undefined
  readonly models: readonly string[] | undefined
  readonly priority: number | undefined
  readonly onExpiry: OnExpiry | undefined
  readonly consumers: readonly string[] | null | undefined
  readonly metadata: Metadata | undefined
}

/** A request that changes nothing but what is added to it. */
export const unchangedProvider: Omit<ProviderRequest, 'name'> = {
  ...{ vendor: undefined, pool: undefined, models: undefined, priority: undefined, onExpiry: undefined },
  ...{ consumers: undefined, metadata: undefined, limits: undefined, timeZone: undefined },
  ...{ dayStartsAt: undefined, monthStartsOn: undefined, thresholdsPercent: undefined },
}

export interface PoolRequest extends UpsertRequest {}

/** The schemas of the fields of every subject. */
interface SubjectSchemas {
  readonly name: typeof newNameSchema
  readonly timeZone: z.ZodOptional<typeof timeZoneSchema>
  readonly dayStartsAt: z.ZodOptional<typeof dayStartSchema>
  readonly monthStartsOn: z.ZodOptional<typeof monthStartSchema>
  readonly limits: z.ZodOptional<typeof limitsSchema>
  readonly thresholdsPercent: z.ZodOptional<typeof thresholdsSchema>
}

/** The fields of every subject. */
export const subjectFields: SubjectSchemas = {
  name: newNameSchema,
  timeZone: timeZoneSchema.optional(),
  dayStartsAt: dayStartSchema.optional(),
  monthStartsOn: monthStartSchema.optional(),
  limits: limitsSchema.optional(),
  thresholdsPercent: thresholdsSchema.optional(),
}

interface ConditionSchemas {
  readonly onlyIf: z.ZodOptional<z.ZodEnum<{ exists: 'exists'; absent: 'absent' }>>
  readonly expectedUpdatedAt: z.ZodOptional<typeof instantSchema>
}

/** What an upsert requires. */
export const conditionFields: ConditionSchemas = {
  onlyIf: z.enum(['exists', 'absent']).optional(),
  expectedUpdatedAt: instantSchema.optional(),
}

/** What an upsert requires, in parsed input. */
export function conditionsOf({
  onlyIf,
  expectedUpdatedAt,
}: z.output<z.ZodObject<Writable<ConditionSchemas>>>): UpsertConditions {
  return { onlyIf, expectedUpdatedAtMs: expectedUpdatedAt }
}

/** Without `readonly`, as zod's objects have their shape. */
type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

export type SubjectFields = z.output<z.ZodObject<Writable<SubjectSchemas>>>

/** The settings of every subject, in parsed input. */
export function subjectRequest(input: SubjectFields): SubjectRequest {
  const { name, timeZone, dayStartsAt, monthStartsOn, limits, thresholdsPercent } = input
  return { name, timeZone, dayStartsAt, monthStartsOn, limits, thresholdsPercent }
}

export const providerSchema: z.ZodType<ProviderRequest, ProviderInput> = z
  .strictObject({
    ...subjectFields,
    limits: limitsOfKeysSchema.optional(),
    vendor: textSchema.optional(),
    pool: nameSchema.nullish(),
    models: z.array(textSchema).min(1).max(1_000).readonly().optional(),
    priority: z.number().int().min(-1_000_000).max(1_000_000).optional(),
    onExpiry: z.enum(['charge', 'release']).optional(),
    consumers: z.array(textSchema).min(1).max(1_000).readonly().nullish(),
    metadata: metadataSchema.optional(),
    ...conditionFields,
  })
  .transform(input => ({
    ...subjectRequest(input),
    ...conditionsOf(input),
    vendor: input.vendor,
    pool: input.pool,
    models: input.models,
    priority: input.priority,
    onExpiry: input.onExpiry,
    consumers: input.consumers,
    metadata: input.metadata,
  }))

export const poolSchema: z.ZodType<PoolRequest, PoolInput> = z
  .strictObject({ ...subjectFields, limits: limitsOfKeysSchema.optional(), ...conditionFields })
  .transform(input => ({ ...subjectRequest(input), ...conditionsOf(input) }))

/** Input that names a subject. */
export interface NameInput {
  readonly name: string
}

export const nameInputSchema: z.ZodType<NameInput, NameInput> = z.strictObject({ name: nameSchema })

/** Input of `removeProvider`. */
export interface RemoveProviderInput extends NameInput {
  /** The `updatedAt` of an answer: if others have changed it since, it stays. Removed whatever it is by now unless given. */
  readonly expectedUpdatedAt?: string | undefined
}

export interface RemoveProviderRequest extends NameInput {
  readonly expectedUpdatedAtMs?: number | undefined
}

export const removeProviderSchema: z.ZodType<RemoveProviderRequest, RemoveProviderInput> = z
  .strictObject({ name: nameSchema, expectedUpdatedAt: instantSchema.optional() })
  .transform(({ name, expectedUpdatedAt }) => ({ name, expectedUpdatedAtMs: expectedUpdatedAt }))

/** Input of `setProviderEnabled` and `setConsumerEnabled`. */
export interface SetEnabledInput extends NameInput {
  readonly enabled: boolean
}

export const setEnabledSchema: z.ZodType<SetEnabledInput, SetEnabledInput> = z.strictObject({
  name: nameSchema,
  enabled: z.boolean(),
})
