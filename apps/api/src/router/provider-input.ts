import { type ProviderInput, type ProviderRequest, providerSchema } from '@quotakeeper/quota-core'
import type { z } from 'zod'
import { baseUrlSchema, variableSchema } from '../config/place-schema.js'

/** What of a provider's metadata has a meaning, for routers of calls. */
const meaningful = [
  { name: 'baseUrl', schema: baseUrlSchema },
  { name: 'apiKeyEnv', schema: variableSchema },
] as const

/** Input of `providers.upsert`: metadata that says where a provider is must say so rightly. */
export const providerInputSchema: z.ZodType<ProviderRequest, ProviderInput> = providerSchema.superRefine(
  ({ metadata = {} }, ctx) => {
    for (const { name, schema } of meaningful) {
      if (!Object.hasOwn(metadata, name)) continue
      const message = schema.safeParse(metadata[name]).error?.issues[0]?.message
      if (message !== undefined) ctx.addIssue({ code: 'custom', path: ['metadata', name], message })
    }
  },
)
