import { nameSchema, textSchema } from '@quotakeeper/quota-core'
import { z } from 'zod'

/** Input of `stats.get`. */
export interface StatsInput {
  readonly providerName: string
}

export const statsSchema: z.ZodType<StatsInput, StatsInput> = z.strictObject({ providerName: nameSchema })

/** Input of queries about a provider or one of its models. */
export interface ModelQuestionInput {
  readonly providerName: string
  readonly model?: string | undefined
}

export interface ModelQuestion {
  readonly providerName: string
  readonly model: string | null
}

export const modelQuestionSchema: z.ZodType<ModelQuestion, ModelQuestionInput> = z
  .strictObject({ providerName: nameSchema, model: textSchema.optional() })
  .transform(({ providerName, model }) => ({ providerName, model: model ?? null }))
