import { type ProviderInput, type ProviderRequest, providerSchema } from '@quotakeeper/quota-core'
import { vendorFacts } from '@quotakeeper/vendors'
import type { z } from 'zod'
import { baseUrlSchema, endpointsSchema, streamUsageSchema, variableSchema } from '../config/place-schema.js'

/** What of a provider's metadata has a meaning, for routers of calls. */
const meaningful = [
  { name: 'baseUrl', schema: baseUrlSchema },
  { name: 'apiKeyEnv', schema: variableSchema },
  { name: 'streamUsage', schema: streamUsageSchema },
  { name: 'endpoints', schema: endpointsSchema },
] as const

/**
 * Input of `providers.upsert`: metadata that says where a provider is must say so rightly, and days and months
 * of a new provider are its vendor's unless the input says otherwise, as in a configuration.
 */
export const providerInputSchema: z.ZodType<ProviderRequest, ProviderInput> = providerSchema
  .superRefine(({ metadata = {} }, ctx) => {
    for (const { name, schema } of meaningful) {
      if (!Object.hasOwn(metadata, name)) continue
      const message = schema.safeParse(metadata[name]).error?.issues[0]?.message
      if (message !== undefined) ctx.addIssue({ code: 'custom', path: ['metadata', name], message })
    }
  })
  .transform(request => ({ ...request, timeZoneWhenNew: zoneOf(request.vendor) }))

function zoneOf(vendor: string | undefined): string | undefined {
  return vendor === undefined ? undefined : vendorFacts(vendor)?.timeZone
}
