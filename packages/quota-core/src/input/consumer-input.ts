import { z } from 'zod'
import type { Limit } from '../domain/limit.js'
import type { Metadata } from '../domain/owner.js'
import { type LimitInput, limitsSchema } from './limit-input.js'
import { metadataSchema } from './metadata-input.js'
import {
  conditionFields,
  conditionsOf,
  subjectFields,
  subjectRequest,
  type UpsertInput,
  type UpsertRequest,
} from './provider-input.js'
import { nameSchema, newNameSchema, textSchema } from './text.js'

/** Input of `upsertConsumer`. Absent fields stay unchanged; defaults apply at creation. */
export interface ConsumerInput extends UpsertInput {
  /** Name of the consumer whose limits also apply to its calls; null for none. */
  readonly parent?: string | null | undefined
  /** Name of the plan whose limits it takes over; null for none. */
  readonly plan?: string | null | undefined
  /** Globs of the models that it may call, `['*']` unless given. */
  readonly models?: readonly string[] | undefined
  /** Globs of the providers that may serve it; null for all. Null unless given. */
  readonly providers?: readonly string[] | null | undefined
  /** True unless given. */
  readonly enabled?: boolean | undefined
  /** Reserves all output that a call requests, and cuts the call to it. False unless given. */
  readonly strict?: boolean | undefined
  /** Whether its clients see costs. False unless given. */
  readonly showCost?: boolean | undefined
  readonly metadata?: Metadata | undefined
}

/** A parsed {@link ConsumerInput}. */
export interface ConsumerRequest extends UpsertRequest, Required<Omit<ConsumerInput, keyof UpsertInput>> {}

/** Fields of answers that are not settings: accepted and ignored, so that an answer can be sent back with changes. */
const ofAnswers = {
  managedBy: z.unknown().optional(),
  createdAt: z.unknown().optional(),
  updatedAt: z.unknown().optional(),
} as const

const globs = z.array(textSchema).min(1).max(1_000).readonly()

export const consumerSchema: z.ZodType<ConsumerRequest, ConsumerInput> = z
  .strictObject({
    ...subjectFields,
    parent: nameSchema.nullish(),
    plan: nameSchema.nullish(),
    models: globs.optional(),
    providers: globs.nullish(),
    enabled: z.boolean().optional(),
    strict: z.boolean().optional(),
    showCost: z.boolean().optional(),
    metadata: metadataSchema.optional(),
    ...conditionFields,
    planLimits: z.unknown().optional(),
    ...ofAnswers,
  })
  .transform(input => ({
    ...subjectRequest(input),
    parent: input.parent,
    plan: input.plan,
    models: input.models,
    providers: input.providers,
    enabled: input.enabled,
    strict: input.strict,
    showCost: input.showCost,
    metadata: input.metadata,
    ...conditionsOf(input),
  }))

/** Input of `upsertPlan`. */
export interface PlanInput {
  readonly name: string
  /** Replaces the whole list. */
  readonly limits: readonly LimitInput[]
}

export interface PlanRequest {
  readonly name: string
  readonly limits: readonly Limit[]
}

export const planSchema: z.ZodType<PlanRequest, PlanInput> = z
  .strictObject({ name: newNameSchema, limits: limitsSchema, ...ofAnswers })
  .transform(({ name, limits }) => ({ name, limits }))
