import { type ProviderInput, type ProviderRequest, providerSchema } from '@quotakeeper/quota-core'
import { vendorFacts } from '@quotakeeper/vendors'
import { z } from 'zod'
import {
  baseUrlSchema,
  endpointsSchema,
  presetSchema,
  streamUsageSchema,
  variableSchema,
} from '../config/place-schema.js'

/** Over the API it would let a caller send any file of a gateway to any address. */
const fromFileAlone = z.never({
  error:
    'is accepted from the configuration file alone: set apiKeyFile of the provider there, or enter the key',
})

/** Fields of a provider's metadata used by gateways. */
const meaningful = [
  { name: 'baseUrl', schema: baseUrlSchema },
  { name: 'apiKeyEnv', schema: variableSchema },
  { name: 'apiKeyFile', schema: fromFileAlone },
  { name: 'streamUsage', schema: streamUsageSchema },
  { name: 'endpoints', schema: endpointsSchema },
  { name: 'preset', schema: presetSchema },
] as const

/**
 * Input of `providers.upsert`. Validates metadata used by gateways; days and months of a new provider are its vendor's
 * unless given, as in a configuration file.
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
